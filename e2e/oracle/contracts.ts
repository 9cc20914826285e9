import {
  asArray,
  asFlow,
  asInstant,
  asInt,
  asText,
  field,
  isObject,
  type Json,
  type JsonObject,
} from "./document-fields.js";
import { parseIsoText } from "./instants.js";

/** Why a change or an entry is rejected. */
export type Reason = "invalid_json" | "breaks_contract" | "missing_key" | "no_date" | "unknown_operation";

/** One rejection: its reason and the JSON pointers of all faults ("" = the whole). */
export interface Fault {
  readonly reason: Reason;
  readonly pointers: readonly string[];
}

/** What a contract says of a document: a fault of the whole, or else the entries that are rejected alone. */
export interface Verdict {
  readonly fault: Fault | null;
  readonly entryFaults: readonly Fault[];
}

/** The contract of a collection. */
export type Contract = (document: JsonObject) => Verdict;

// A check answers with the pointers of its faults, relative to the value it was given; none = the value is fine.
type Check = (value: Json) => readonly string[];

function must(holds: (value: Json) => boolean): Check {
  return (value) => (holds(value) ? [] : [""]);
}

function objectOf(fields: Readonly<Record<string, Check>>): Check {
  return (value) => {
    if (!isObject(value)) return [""];
    const pointers: string[] = [];
    for (const [name, check] of Object.entries(fields)) {
      const inner = field(value, name);
      if (inner !== null) pointers.push(...check(inner).map((pointer) => `/${name}${pointer}`));
    }
    return pointers;
  };
}

function intBetween(lowest: number, highest: number): Check {
  return must((value) => {
    const number = asInt(value);
    return number !== null && number >= lowest && number <= highest;
  });
}

const text = must((value) => typeof value === "string");
const bool = must((value) => typeof value === "boolean");
const int = must((value) => asInt(value) !== null);
const textOrNumber = must((value) => typeof value === "string" || typeof value === "number");
const timestamp = must((value) => asInstant(value) !== null);
const isoText = must((value) => typeof value === "string" && parseIsoText(value) !== null);
const array = must((value) => Array.isArray(value));
const flow = must((value) => asFlow(value) !== null);
const symptoms: Check = (value) => {
  if (typeof value === "string") return [];
  if (!Array.isArray(value)) return [""];
  return asArray(value).flatMap((symptom, index) => (typeof symptom === "string" ? [] : [`/${index}`]));
};

const settings = objectOf({
  heatLevel: intBetween(0, 3),
  tensMode: intBetween(0, 3),
  tensLevel: intBetween(0, 10),
  timestamp,
});

const therapySession = objectOf({
  deviceInformation: objectOf({ deviceId: text, deviceName: text, deviceType: text }),
  sessionInfo: objectOf({ therapyStartTime: timestamp, therapyEndTime: timestamp, therapyDuration: int }),
  status: text,
  initialSettings: settings,
  finalSettings: settings,
  feedback: objectOf({
    painLevelBefore: intBetween(0, 10),
    painLevelAfter: intBetween(0, 10),
    feedbackCompleted: bool,
    feedbackSubmittedAt: timestamp,
  }),
});

const userProfile = objectOf({
  uid: text,
  userId: text,
  userEmail: text,
  userName: text,
  dateOfBirth: timestamp,
  signUpTimeStamp: timestamp,
  isOnboarded: bool,
  healthData: objectOf({ cycleLength: intBetween(15, 60), periodLength: intBetween(1, 15), lastPeriodDate: timestamp }),
});

const medicationDocument = objectOf({ medications: array });

const medicationEntry = objectOf({
  name: text,
  dosage: textOrNumber,
  frequency: textOrNumber,
  frequencyUnit: text,
  startDate: isoText,
  isNotificationEnabled: bool,
});

const dayFields = {
  date: timestamp,
  cycle_day: int,
  flow_intensity: flow,
  symptoms,
  mood: text,
  pain_level: intBetween(0, 10),
};

const dayEntry = objectOf(dayFields);

// One contract for both shapes: a listed field is checked wherever it stands at the top of the document.
const periodDocument = objectOf({
  ...dayFields,
  notes: text,
  status: text,
  lastUpdate: timestamp,
  startDate: timestamp,
  days: array,
});

const FINE: Verdict = { fault: null, entryFaults: [] };

function rejectedWhole(reason: Reason, pointers: readonly string[]): Verdict {
  return { fault: { reason, pointers }, entryFaults: [] };
}

function plainContract(check: Check): Contract {
  return (document) => {
    const pointers = check(document);
    return pointers.length > 0 ? rejectedWhole("breaks_contract", pointers) : FINE;
  };
}

/** Why medications[index] is rejected alone, or null when it is valid. */
export function medicationEntryFault(entry: Json, index: number): Fault | null {
  const at = `/medications/${index}`;
  const pointers = medicationEntry(entry).map((pointer) => at + pointer);
  if (pointers.length > 0 || !isObject(entry)) return { reason: "breaks_contract", pointers };
  const name = asText(field(entry, "name")) ?? "";
  return name.trim() === "" ? { reason: "missing_key", pointers: [`${at}/name`] } : null;
}

/** Why days[index] is rejected alone, or null when it is valid. */
export function dayEntryFault(entry: Json, index: number): Fault | null {
  const at = `/days/${index}`;
  const pointers = dayEntry(entry).map((pointer) => at + pointer);
  if (pointers.length > 0 || !isObject(entry)) return { reason: "breaks_contract", pointers };
  return field(entry, "date") === null ? { reason: "no_date", pointers: [`${at}/date`] } : null;
}

/** Whether a period-tracking document is one per cycle: it has `days` or `startDate`. */
export function isCycleDocument(document: JsonObject): boolean {
  return field(document, "days") !== null || field(document, "startDate") !== null;
}

function entryFaults(entries: readonly Json[], faultOf: (entry: Json, index: number) => Fault | null): Fault[] {
  return entries.map(faultOf).filter((fault) => fault !== null);
}

function medicationContract(document: JsonObject): Verdict {
  const pointers = medicationDocument(document);
  if (pointers.length > 0) return rejectedWhole("breaks_contract", pointers);
  return { fault: null, entryFaults: entryFaults(asArray(field(document, "medications")), medicationEntryFault) };
}

function periodContract(document: JsonObject): Verdict {
  const pointers = periodDocument(document);
  if (pointers.length > 0) return rejectedWhole("breaks_contract", pointers);
  if (!isCycleDocument(document)) {
    return field(document, "date") === null ? rejectedWhole("no_date", ["/date"]) : FINE;
  }
  const days = asArray(field(document, "days"));
  if (days.length === 0 && field(document, "startDate") === null) return rejectedWhole("no_date", ["/startDate"]);
  return { fault: null, entryFaults: entryFaults(days, dayEntryFault) };
}

/** A collection of the change log. */
export type Prefix = "therapy_sessions_data" | "user_health_data" | "medications_data" | "period_tracking_data";

/** All collections, in the order in which results name them. */
export const PREFIXES: readonly Prefix[] = [
  "therapy_sessions_data",
  "user_health_data",
  "medications_data",
  "period_tracking_data",
];

/** The contract of each collection. */
export const CONTRACTS: Readonly<Record<Prefix, Contract>> = {
  therapy_sessions_data: plainContract(therapySession),
  user_health_data: plainContract(userProfile),
  medications_data: medicationContract,
  period_tracking_data: periodContract,
};

/** The document path of each collection; a segment in braces is any non-empty segment. */
export const PATHS: Readonly<Record<Prefix, string>> = {
  therapy_sessions_data: "users/{userId}/therapy_sessions/{id}",
  user_health_data: "user_profiles/{id}",
  medications_data: "medications/{userId}",
  period_tracking_data: "users/{userId}/period_tracking/{id}",
};
