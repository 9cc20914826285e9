import { deviceId, userId } from "./firestore-ids";
import { DAY, dayOf, type FirestoreTimestamp, firestoreTimestamp, HOUR, SECOND } from "./instants";
import type { SeededRandom } from "./seeded-random";

/** An invented user of the app. */
export interface Person {
  readonly uid: string;
  readonly email: string;
  readonly name: string;
  readonly born: FirestoreTimestamp;
  readonly joinedAt: number;
  readonly devices: { readonly "Juno Grand": string; readonly "Juno Petit": string };
  /** How much more than the average user writes. */
  readonly diligence: number;
  readonly cycleLength: number;
  readonly periodLength: number;
  /** Day number on which one of the cycles began. */
  readonly cycleOrigin: number;
  /** When the account was deleted, null while it lives. */
  leftAt: number | null;
}

const NAMES = [
  "Maya Singh",
  "Sofia Rossi",
  "María López",
  "Anna Keller",
  "Julia Novak",
  "Ayşe Yılmaz",
  "Emma Brown",
  "Zoë Ångström",
  "Li Wei",
  "Chloé Dubois",
  "Анна К.",
  "李 伟",
] as const;

const FIRST_BIRTH = dayOf(Date.UTC(1970, 0, 2) * 1000);
const LAST_BIRTH = dayOf(Date.UTC(2008, 0, 1) * 1000);

/** The person number `index`, who signed up at the given instant. */
export function newPerson(random: SeededRandom, index: number, joinedAt: number): Person {
  const cycleLength = random.integer(24, 34);
  return {
    uid: userId(random),
    email: `user${index}.${random.bits().toString(16).padStart(8, "0").slice(0, 4)}@example.org`,
    name: random.pick(NAMES),
    born: firestoreTimestamp(random.integer(FIRST_BIRTH, LAST_BIRTH) * DAY),
    joinedAt,
    devices: { "Juno Grand": deviceId(random), "Juno Petit": deviceId(random) },
    diligence: (random.between(0.5, 1.5) + random.between(0.5, 1.5)) / 2,
    cycleLength,
    periodLength: random.integer(3, 7),
    cycleOrigin: dayOf(joinedAt) - random.integer(0, cycleLength - 1),
    leftAt: null,
  };
}

/** Day of the person's cycle, 1 is the first day of the period. */
export function cycleDay(person: Person, day: number): number {
  const offset = (day - person.cycleOrigin) % person.cycleLength;
  return (offset < 0 ? offset + person.cycleLength : offset) + 1;
}

/** An instant of waking hours, on average so many days later. */
export function nextWakingInstant(random: SeededRandom, from: number, meanDays: number): number {
  const day = dayOf(from + meanDays * DAY * random.between(0.1, 1.9)) * DAY;
  const at = day + Math.floor(random.between(6, 22) * HOUR);
  return at > from + 3 * HOUR ? at : from + Math.floor(random.between(3, 6) * HOUR);
}

/** Some time between two bounds, in whole microseconds. */
export function someTime(random: SeededRandom, low: number, high: number): number {
  return Math.floor(random.between(low, high));
}

/** The moment between what the client stamps and the commit. */
export function commitDelay(random: SeededRandom): number {
  return someTime(random, 0.1 * SECOND, 2.8 * SECOND);
}
