import type { FirestoreTimestamp } from "./instants";
import type { Mess, MessKind } from "./mess";
import type { PlannedChange, Prefix } from "./planned-change";
import type { SeededRandom } from "./seeded-random";

type Fields = Record<string, unknown>;

/** Spoils a document in place; false when it has not (yet) what would be spoilt. */
type Flaw = (document: Fields) => boolean;

/** Flaws of one kind. Values that vary are drawn once for a document, so that its flaw stays the same. */
type Flaws = readonly ((random: SeededRandom) => Flaw)[];

const FLAWS: Readonly<Record<Prefix, Partial<Record<MessKind, Flaws>>>> = {
  therapy_sessions_data: {
    out_of_range: [
      replaced("/initialSettings/tensLevel", 99),
      replaced("/initialSettings/heatLevel", -1),
      replaced("/initialSettings/tensMode", 4),
      replaced("/feedback/painLevelBefore", 14),
    ],
    wrong_type: [
      replaced("/feedback/painLevelBefore", "8"),
      replaced("/feedback/feedbackCompleted", "false"),
      replaced("/initialSettings", "default"),
      replaced("/initialSettings/heatLevel", "2"),
      replaced("/finalSettings/tensLevel", 5.5),
      replaced("/sessionInfo/therapyDuration", "20"),
      replaced("/is_near_period", "yes"),
      () => startAsNumber,
    ],
    negative_duration: [(random) => replacement("/sessionInfo/therapyDuration", -random.integer(1, 90))],
    duration_over_24h: [
      replaced("/sessionInfo/therapyDuration", 86_400),
      (random) => replacement("/sessionInfo/therapyDuration", random.integer(1441, 3600)),
    ],
    end_before_start: [(random) => endBeforeStart(random.integer(60, 5400))],
    nanoseconds: [(random) => finerInstants("sessionInfo", random.integer(1, 999))],
    unknown_extra_field: [
      (random) => added({ firmware: `1.${random.integer(0, 8)}` }),
      (random) => added({ location: geoPoint(random) }),
      (random) => added({ meta: { appVersion: `3.${random.integer(6, 11)}`, tags: ["beta", { k: 1 }, null] } }),
      (random) => added({ deviceRef: `devices/JN-${random.integer(100_000, 999_999)}` }),
    ],
  },
  user_health_data: {
    out_of_range: [replaced("/healthData/cycleLength", 400), replaced("/healthData/periodLength", -1)],
    wrong_type: [
      replaced("/healthData", [28, 5]),
      replaced("/healthData/cycleLength", "28"),
      replaced("/isOnboarded", "true"),
      replaced("/dateOfBirth", "03.04.1991"),
    ],
    nanoseconds: [(random) => finerInstants(null, random.integer(1, 999))],
    unknown_extra_field: [() => added({ referrer: "campaigns/spring", home: { _latitude: 52.5, _longitude: 13.4 } })],
  },
  // Medications are spoilt one by one, when they are added: see flawedMedication.
  medications_data: {},
  period_tracking_data: {
    out_of_range: [
      replaced("/flow_intensity", 9),
      replaced("/flow_intensity", -1),
      replaced("/pain_level", 14),
      replaced("/days/0/pain_level", 14),
    ],
    wrong_type: [
      replaced("/pain_level", "8"),
      replaced("/pain_level", 3.5),
      replaced("/cycle_day", 5.5),
      replaced("/flow_intensity", "torrential"),
      replaced("/symptoms", "cramps, headache"),
      replaced("/symptoms", null),
      replaced("/date", "yesterday"),
      replaced("/days", "none"),
      replaced("/lastUpdate", "2024-07-17"),
    ],
    bad_entry: [
      replaced("/days/1", "2024-05-01"),
      replaced("/days/1/pain_level", "8"),
      replaced("/days/1/cycle_day", "2"),
      replaced("/days/0/date", 20_240_501),
      replaced("/days/1/symptoms", [7]),
      () => without("/days/0/date"),
    ],
    no_date: [() => without("/date"), replaced("/date", null)],
    nanoseconds: [(random) => finerInstants(null, random.integer(1, 999))],
    unknown_extra_field: [() => added({ basalTemp: 36.6, source: "imports/appleHealth" })],
  },
};

/** Lets value mess strike one document: in all its changes, from one on, or until it is mended. */
export function spoilValues(mess: Mess, prefix: Prefix, changes: readonly PlannedChange[]): void {
  const flaws = FLAWS[prefix];
  for (const kind in flaws) {
    const ofKind = flaws[kind as MessKind];
    if (ofKind === undefined || !mess.strikes(kind as MessKind)) continue;
    const { random } = mess;
    const flaw = ofKind[random.integer(0, ofKind.length - 1)]?.(random);
    const from = random.chance(0.75) ? 0 : random.integer(0, changes.length - 1);
    const to = random.chance(0.85) ? changes.length : random.integer(from + 1, changes.length);
    for (const change of changes.slice(from, to)) {
      if (change.data === null || flaw === undefined) continue;
      const document = JSON.parse(change.data) as Fields;
      if (!flaw(document)) continue;
      change.data = JSON.stringify(document);
      change.mess.push(kind as MessKind);
    }
  }
}

/** The medication as it is, or spoilt, with the kind of mess. */
export function flawedMedication(mess: Mess, medication: object): { entry: unknown; flaw: MessKind | null } {
  const { random } = mess;
  const flawed = (flaw: MessKind, change: object) => ({ entry: { ...medication, ...change }, flaw });
  if (mess.strikes("out_of_range")) {
    return flawed("out_of_range", random.chance(0.5) ? { dosage: -400 } : { frequency: 1000 });
  }
  if (mess.strikes("wrong_type")) {
    const startDate = { _seconds: random.integer(1_700_000_000, 1_720_000_000), _nanoseconds: 0 };
    return flawed("wrong_type", random.chance(0.5) ? { isNotificationEnabled: "true" } : { startDate });
  }
  if (mess.strikes("bad_entry")) {
    if (random.chance(0.3)) return { entry: "Ibuprofen", flaw: "bad_entry" };
    return flawed("bad_entry", random.pick([{ name: 7 }, { startDate: "last week" }, { dosage: { mg: 400 } }]));
  }
  if (mess.strikes("nameless_medication")) {
    return flawed(
      "nameless_medication",
      random.pick([{ name: undefined }, { name: null }, { name: "" }, { name: " " }]),
    );
  }
  if (mess.strikes("unknown_extra_field")) {
    return flawed("unknown_extra_field", { prescriber: "Dr. K", pharmacyRef: "pharmacies/p1" });
  }
  return { entry: medication, flaw: null };
}

function replaced(pointer: string, value: unknown): () => Flaw {
  return () => replacement(pointer, value);
}

function replacement(pointer: string, value: unknown): Flaw {
  return (document) => {
    const place = find(document, pointer);
    if (place !== null) place.holder[place.name] = value;
    return place !== null;
  };
}

function without(pointer: string): Flaw {
  return (document) => {
    const place = find(document, pointer);
    return place !== null && delete place.holder[place.name];
  };
}

function added(fields: Fields): Flaw {
  return (document) => {
    Object.assign(document, fields);
    return true;
  };
}

function startAsNumber(document: Fields): boolean {
  const { _seconds } = timestampAt(document, "/sessionInfo/therapyStartTime") ?? {};
  return _seconds !== undefined && replacement("/sessionInfo/therapyStartTime", _seconds * 1000)(document);
}

function endBeforeStart(seconds: number): Flaw {
  return (document) => {
    const start = timestampAt(document, "/sessionInfo/therapyStartTime");
    if (start === null) return false;
    return replacement("/sessionInfo/therapyEndTime", { ...start, _seconds: start._seconds - seconds })(document);
  };
}

/** Makes the Timestamps of a map finer than a microsecond. */
function finerInstants(map: string | null, nanoseconds: number): Flaw {
  return (document) => {
    const fields = map === null ? document : (document[map] as Fields);
    if (typeof fields !== "object" || fields === null) return false;
    let isFiner = false;
    for (const name in fields) {
      const timestamp = timestampAt(fields, `/${name}`);
      if (timestamp === null) continue;
      fields[name] = { ...timestamp, _nanoseconds: timestamp._nanoseconds + nanoseconds };
      isFiner = true;
    }
    return isFiner;
  };
}

function geoPoint(random: SeededRandom): object {
  return { _latitude: random.integer(-240, 240) / 4, _longitude: random.integer(-700, 700) / 4 };
}

function timestampAt(document: Fields, pointer: string): FirestoreTimestamp | null {
  const place = find(document, pointer);
  const value = place?.holder[place.name];
  return typeof value === "object" && value !== null && "_seconds" in value ? (value as FirestoreTimestamp) : null;
}

/** The map or array that holds what a pointer names; null when it is not there. */
function find(document: Fields, pointer: string): { holder: Fields; name: string } | null {
  const names = pointer.slice(1).split("/");
  const name = names.pop() ?? "";
  let holder: unknown = document;
  for (const step of names) holder = isHolder(holder) ? holder[step] : null;
  return isHolder(holder) && name in holder ? { holder, name } : null;
}

function isHolder(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
