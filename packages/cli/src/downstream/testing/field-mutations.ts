/** A schema as mutations read it. */
interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly (string | null)[];
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly items?: FieldSchema;
  readonly required?: readonly string[];
}

/** A field of a document: where, what it may be, and whether a document without it is still valid. */
export interface Field {
  readonly pointer: string;
  readonly schema: FieldSchema;
  readonly isRequired: boolean;
}

/** Lines of change logs by prefix. */
export type Documents = Readonly<Record<string, readonly Change[]>>;

interface Change {
  readonly timestamp: string;
  readonly event_id: string;
  readonly document_name: string;
  readonly operation: string;
  readonly data: string;
  readonly old_data: null;
}

export type Mutation = "all changed" | "one changed" | "some absent";
/** A document or row. */
export type Json = Record<string, unknown>;

/** Every field of a document, objects and arrays included. */
export function fieldsOf({ properties = {}, required = [] }: FieldSchema, prefix = ""): readonly Field[] {
  return Object.entries(properties).flatMap(([name, schema]): Field[] => {
    const pointer = `${prefix}/${name}`;
    const below = schema.items?.properties === undefined ? schema : schema.items;
    return [
      { pointer, schema, isRequired: required.includes(name) },
      ...fieldsOf(below, below === schema ? pointer : `${pointer}/*`),
    ];
  });
}

/** The same log with one field changed or taken out; null where that cannot be done to the field. */
export function mutated(documents: Documents, prefix: string, field: Field, mutation: Mutation): Documents | null {
  const isWhole = field.schema.properties !== undefined || field.schema.items?.properties !== undefined;
  if (mutation === "some absent" ? field.isRequired : isWhole) return null;
  let hits = 0;
  const replace = (value: unknown): unknown => {
    hits += 1;
    if (mutation === "some absent") return hits % 2 === 1 ? undefined : value;
    return mutation === "one changed" && hits > 1 ? value : otherValue(field.schema, value);
  };
  const changes = (documents[prefix] ?? []).map((change) => {
    const document = JSON.parse(change.data) as Json;
    replaceAt(document, field.pointer.split("/").slice(1), replace);
    return { ...change, data: JSON.stringify(document) };
  });
  if (hits === 0) throw new Error(`no document of ${prefix} has ${field.pointer}: give one such a field`);
  return { ...documents, [prefix]: changes };
}

/** The same rows with one column changed; null where that cannot be done to the column. */
export function mutatedRows(rows: readonly Json[], field: Field, mutation: Mutation): readonly Json[] | null {
  const column = field.pointer.slice(1);
  const types = field.schema.type ?? [];
  const isNullable = types.includes("null");
  if (mutation === "some absent" && !isNullable) return null;
  let hits = 0;
  return rows.map((row) => {
    const value = row[column];
    if (value === null) return row;
    hits += 1;
    if (mutation === "some absent") return hits % 2 === 1 ? { ...row, [column]: null } : row;
    return mutation === "one changed" && hits > 1 ? row : { ...row, [column]: otherValue(field.schema, value) };
  });
}

function replaceAt(value: unknown, path: readonly string[], replace: (value: unknown) => unknown): void {
  const [name = "", ...rest] = path;
  if (name === "*") {
    for (const entry of value as unknown[]) replaceAt(entry, rest, replace);
    return;
  }
  const object = value as Json;
  if (!(name in object)) return;
  if (rest.length === 0) object[name] = replace(object[name]);
  else replaceAt(object[name], rest, replace);
}

/** Another value that the field may have, as far from this one as changes most of what is made of it. */
function otherValue({ format, minimum, maximum, enum: words }: FieldSchema, value: unknown): unknown {
  if (words !== undefined) return words.find((word) => word !== null && word !== value);
  // Rows have days, and timestamps of one width; a day further is what tells most.
  if (format === "date") return new Date(Date.parse(`${value}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  if (format === "date-time")
    return `${new Date(Date.parse(String(value)) + 30 * 3_600_000).toISOString().slice(0, 23)}000Z`;
  if (format !== undefined) return new Date(Date.parse(String(value)) + 30 * 3_600_000).toISOString();
  if (typeof value === "boolean") return !value;
  if (Array.isArray(value)) return ["another"];
  if (typeof value === "string") return WORDS.get(value) ?? `${value} other`;
  const number = value as number;
  if (minimum === undefined || maximum === undefined || maximum > 1000) return number + 11;
  return number + 4 <= maximum ? number + 4 : number === minimum ? maximum : minimum;
}

/** Words that stand for themselves in a field. */
const WORDS = new Map([
  ["Juno Grand", "Juno Petit"],
  ["Juno Petit", "Juno"],
  ["light", "heavy"],
  ["heavy", "none"],
]);

const USERS = ["ada", "ben", "cleo"];

/** A small log of three users in which every field of every contract occurs, and documents of a user meet. */
export function sampleDocuments(): Documents {
  return {
    therapy_sessions_data: USERS.flatMap((user, u) =>
      [0, 1, 2, 3].map((n) => line(`users/${user}/therapy_sessions/${user}-${n}`, session(u, n))),
    ),
    user_health_data: USERS.map((user, u) => line(`user_profiles/profile-${user}`, profile(user, u))),
    medications_data: USERS.flatMap((user, u) =>
      [0, 1].map((n) => line(`medications/${user}`, medications(u, n), `2024-08-0${n + 1}T04:00:00.000000Z`)),
    ),
    period_tracking_data: USERS.flatMap((user, u) => [
      line(`users/${user}/period_tracking/day-${u}`, { ...day(u, u), status: "logged", lastUpdate: at(u, 20) }),
      line(`users/${user}/period_tracking/cycle-${u}`, {
        startDate: at(3, 0),
        status: "open",
        lastUpdate: at(4, 2),
        days: u === 2 ? [] : [day(u, 3), day(u, 4)],
      }),
    ]),
  };
}

function line(path: string, document: object, timestamp = "2024-08-08T08:00:00.000000Z"): Change {
  return {
    timestamp,
    event_id: `${path} ${timestamp}`,
    document_name: `projects/juno-demo/databases/(default)/documents/${path}`,
    operation: "UPDATE",
    data: JSON.stringify(document),
    old_data: null,
  };
}

/** An hour of a day of August 2024. */
function at(day: number, hour: number): string {
  return new Date(Date.UTC(2024, 7, 1 + day, hour, 30)).toISOString();
}

function session(u: number, n: number): object {
  return {
    deviceInformation: {
      deviceId: `serial-${u}`,
      deviceName: n === 3 ? "Juno Petit" : "Juno Grand",
      deviceType: "tens",
    },
    sessionInfo: {
      therapyStartTime: at(n === 3 ? 2 : n, 5 + 5 * n + u),
      therapyEndTime: at(n === 3 ? 2 : n, 7 + 5 * n + u),
      therapyDuration: 20 + n,
    },
    status: n === 0 ? "stopped" : "completed",
    initialSettings: { heatLevel: 1, tensMode: 1, tensLevel: 3, timestamp: at(n, 5) },
    finalSettings: { heatLevel: n === 2 ? 2 : 1, tensMode: 1 + (n % 2), tensLevel: 3 + n, timestamp: at(n, 7) },
    feedback: {
      painLevelBefore: 6 + (n % 3),
      painLevelAfter: 2 + u,
      feedbackCompleted: n !== 1,
      feedbackSubmittedAt: at(n, 23),
    },
  };
}

function profile(user: string, u: number): object {
  return {
    // A profile without uid is the user's by its userId.
    ...(u === 2 ? {} : { uid: user }),
    userId: user,
    userEmail: `${user}@example.org`,
    userName: user.toUpperCase(),
    dateOfBirth: `${1990 + u}-08-02T00:00:00Z`,
    signUpTimeStamp: at(0, u),
    isOnboarded: u !== 1,
    healthData: { cycleLength: 28 + u, periodLength: 5, lastPeriodDate: at(0, 0) },
  };
}

function medications(u: number, n: number): object {
  return {
    medications: [
      {
        name: "Ibuprofen",
        dosage: n === 0 ? "400 mg" : "200 mg",
        frequency: 2,
        frequencyUnit: "day",
        startDate: at(u, 0),
        isNotificationEnabled: true,
      },
      ...(n === 0
        ? [
            {
              name: `Naproxen ${u}`,
              dosage: 250,
              frequency: "1",
              frequencyUnit: "day",
              // Without a start it counts from the change that brought it.
              ...(u === 0 ? {} : { startDate: at(0, 0) }),
            },
          ]
        : []),
    ],
  };
}

function day(u: number, n: number): object {
  return {
    date: at(n, 0),
    cycle_day: 1 + 4 * n,
    flow_intensity: n === 3 ? 2 : n % 2 === 0 ? "light" : "heavy",
    symptoms: n === 1 ? "cramps, headache" : ["cramps"],
    mood: u === 0 ? "low" : "fine",
    pain_level: 5 + (n % 3),
  };
}
