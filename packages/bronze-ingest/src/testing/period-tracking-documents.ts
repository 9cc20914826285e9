import { DAY, dateText, dayOf, type FirestoreTimestamp, firestoreTimestamp, HOUR, SECOND } from "./instants";
import { commitDelay, cycleDay, type Person, someTime } from "./person";
import { type PlannedChange, planned } from "./planned-change";
import type { SeededRandom } from "./seeded-random";
import { dayNote } from "./texts";

const SYMPTOMS = ["acne", "bloating", "fatigue", "back pain", "headache", "cramps", "nausea"] as const;
const WORLDLY_SYMPTOMS = ["Krämpfe 🤕", "頭痛"] as const;
const MOODS = ["good", "low", "ok", "", "irritable"] as const;
const FLOW_WORDS = ["spotting", "light", "medium", "heavy"] as const;

interface TrackedDay {
  readonly date: string;
  readonly cycle_day: number;
  readonly flow_intensity: number | string;
  pain_level: number;
  symptoms: readonly string[];
}

/** The changes of a day document from the moment it is written; `meanUpdates` corrections on average. */
export function dayDocument(
  random: SeededRandom,
  person: Person,
  writtenAt: number,
  meanUpdates: number,
): PlannedChange[] {
  const day = dayOf(writtenAt);
  const number = cycleDay(person, day);
  const document = {
    date: dateInOneOfItsForms(random, day, 0.6),
    cycle_day: number,
    flow_intensity: flow(random, number <= person.periodLength, 0.2),
    symptoms: symptoms(random),
    mood: random.pick(MOODS),
    notes: dayNote(random),
    pain_level: random.integer(0, 9),
    status: random.chance(0.64) ? "logged" : "predicted",
    lastUpdate: firestoreTimestamp(writtenAt),
  };
  const changes = [planned("CREATE", writtenAt + commitDelay(random), document)];
  let at = writtenAt;
  for (let i = random.count(meanUpdates); i > 0; i--) {
    at += someTime(random, 300 * SECOND, 10 * HOUR);
    if (random.chance(0.8)) document.mood = random.pick(MOODS);
    if (random.chance(0.9)) document.pain_level = random.integer(0, 9);
    document.lastUpdate = firestoreTimestamp(at);
    changes.push(planned("UPDATE", at + commitDelay(random), document));
  }
  return changes;
}

/** The changes of a cycle document from the moment it is opened: it grows by days, then these are corrected. */
export function cycleDocument(
  random: SeededRandom,
  person: Person,
  openedAt: number,
  meanUpdates: number,
): PlannedChange[] {
  const start = dayOf(openedAt) - cycleDay(person, dayOf(openedAt)) + 1;
  const days: TrackedDay[] = [];
  const document: { status: string; lastUpdate: FirestoreTimestamp; startDate: string; days: TrackedDay[] } = {
    status: "active",
    lastUpdate: firestoreTimestamp(openedAt),
    startDate: dateInOneOfItsForms(random, start, 0.57),
    days,
  };
  days.push(trackedDay(random, start, 1));
  const changes = [planned("CREATE", openedAt + commitDelay(random), document)];
  const updates = random.count(meanUpdates);
  const isClosed = random.chance(0.55);
  let at = openedAt;
  for (let i = 1; i <= updates; i++) {
    at += someTime(random, 9 * HOUR, 25 * HOUR);
    if (days.length < person.periodLength) {
      days.push(trackedDay(random, start + days.length, days.length + 1));
    } else {
      const corrected = days[random.integer(0, days.length - 1)] as TrackedDay;
      corrected.pain_level = random.integer(0, 8);
      corrected.symptoms = symptoms(random);
    }
    if (isClosed && i === updates) document.status = "completed";
    document.lastUpdate = firestoreTimestamp(at);
    changes.push(planned("UPDATE", at + commitDelay(random), document));
  }
  return changes;
}

function trackedDay(random: SeededRandom, day: number, number: number): TrackedDay {
  return {
    date: dateText(day),
    cycle_day: number,
    flow_intensity: flow(random, number <= 5, 0.2),
    pain_level: random.integer(0, 8),
    symptoms: symptoms(random),
  };
}

function dateInOneOfItsForms(random: SeededRandom, day: number, bareShare: number): string {
  if (random.chance(bareShare)) return dateText(day);
  return new Date((day * DAY) / 1000).toISOString().slice(0, random.chance(0.5) ? 24 : 23);
}

function flow(random: SeededRandom, isPeriod: boolean, wordShare: number): number | string {
  if (!isPeriod) return random.chance(wordShare) ? "none" : 0;
  return random.chance(wordShare) ? random.pick(FLOW_WORDS) : random.integer(1, 5);
}

function symptoms(random: SeededRandom): string[] {
  const taken: string[] = random.sample(SYMPTOMS, random.integer(0, 3));
  if (taken.length > 0 && random.chance(0.01)) taken[0] = random.pick(WORLDLY_SYMPTOMS);
  return taken;
}
