import { dayOf, type FirestoreTimestamp, firestoreTimestamp, HOUR, MINUTE, SECOND } from "./instants";
import { commitDelay, cycleDay, type Person, someTime } from "./person";
import { type PlannedChange, planned } from "./planned-change";
import type { SeededRandom } from "./seeded-random";
import { noteText } from "./texts";

interface Settings {
  readonly heatLevel: number;
  readonly tensMode: number;
  readonly tensLevel: number;
  readonly timestamp: FirestoreTimestamp;
}

interface Feedback {
  readonly painLevelBefore: number;
  readonly painLevelAfter?: number;
  readonly feedbackCompleted: boolean;
  readonly feedbackSubmittedAt?: FirestoreTimestamp;
}

interface TherapySession {
  readonly deviceInformation: { readonly deviceId: string; readonly deviceName: string; readonly deviceType: string };
  sessionInfo: {
    readonly therapyStartTime: FirestoreTimestamp;
    readonly therapyEndTime?: FirestoreTimestamp;
    readonly therapyDuration?: number;
  };
  status: "active" | "completed" | "aborted";
  readonly initialSettings: Settings;
  readonly cycle_phase_estimated: string;
  is_near_period: boolean;
  feedback?: Feedback;
  comment?: string;
  finalSettings?: Settings;
}

const MINUTES = [10, 10, 15, 15, 20, 20, 20, 20, 20, 30, 30, 30, 40, 40] as const;

/** Updates of a session that is completed and, if it comes to that, rated: more of them are changes of its settings. */
const CLOSING_UPDATES = 1.6;

/** The changes of a session from its start: settings, end, feedback, corrections; `meanUpdates` of them on average. */
export function therapySession(
  random: SeededRandom,
  person: Person,
  startedAt: number,
  meanUpdates: number,
): PlannedChange[] {
  const session = startedSession(random, person, startedAt);
  const changes = [planned("CREATE", startedAt + commitDelay(random), session)];
  const update = (at: number) => {
    const earliest = (changes.at(-1)?.at ?? 0) + someTime(random, 1000, 50_000);
    changes.push(planned("UPDATE", Math.max(earliest, at + commitDelay(random)), session));
  };

  const isAborted = random.chance(0.09);
  const minutes = isAborted ? random.integer(1, 6) : random.pick(MINUTES);
  const elapsed = minutes * MINUTE + someTime(random, 0, 18 * SECOND);
  const adjustments = random.count(Math.max(0, meanUpdates - CLOSING_UPDATES));
  for (let i = 1; i <= adjustments; i++) {
    const at =
      startedAt + 5 * SECOND + Math.floor(((elapsed - 15 * SECOND) * (i - random.between(0.1, 0.6))) / adjustments);
    session.finalSettings = settings(random, at);
    update(at);
  }

  if (!random.chance(meanUpdates / CLOSING_UPDATES)) return changes;
  const endedAt = startedAt + elapsed;
  session.sessionInfo = {
    therapyStartTime: session.sessionInfo.therapyStartTime,
    therapyEndTime: firestoreTimestamp(endedAt),
    therapyDuration: minutes,
  };
  session.status = isAborted ? "aborted" : "completed";
  session.finalSettings = settings(random, endedAt);
  update(endedAt);

  if (!random.chance(0.55)) return changes;
  const ratedAt = endedAt + someTime(random, MINUTE, HOUR);
  session.feedback = completedFeedback(random, session.feedback, ratedAt);
  update(ratedAt);

  if (random.chance(0.08)) {
    session.is_near_period = !session.is_near_period;
    update(ratedAt + someTime(random, HOUR, 8 * HOUR));
  }
  return changes;
}

function startedSession(random: SeededRandom, person: Person, startedAt: number): TherapySession {
  const deviceName = random.chance(0.6) ? "Juno Grand" : "Juno Petit";
  const day = cycleDay(person, dayOf(startedAt));
  const session: TherapySession = {
    deviceInformation: {
      deviceId: person.devices[deviceName],
      deviceName,
      deviceType: deviceName === "Juno Grand" ? "grand" : "petit",
    },
    sessionInfo: { therapyStartTime: firestoreTimestamp(startedAt) },
    status: "active",
    initialSettings: settings(random, startedAt),
    cycle_phase_estimated: phase(day),
    is_near_period: day <= 2 || day > person.cycleLength - 5,
  };
  if (random.chance(0.74)) session.feedback = { painLevelBefore: random.integer(2, 9), feedbackCompleted: false };
  if (random.chance(0.01)) session.comment = noteText(random);
  return session;
}

function settings(random: SeededRandom, at: number): Settings {
  return {
    heatLevel: random.integer(0, 3),
    tensMode: random.integer(0, 3),
    tensLevel: random.integer(0, 10),
    timestamp: firestoreTimestamp(at),
  };
}

function completedFeedback(random: SeededRandom, asked: Feedback | undefined, at: number): Feedback {
  const painLevelBefore = asked?.painLevelBefore ?? random.integer(2, 9);
  const painLevelAfter = random.chance(0.7) ? random.integer(0, Math.min(7, painLevelBefore)) : random.integer(0, 7);
  const feedbackSubmittedAt = firestoreTimestamp(at);
  // The app asks before or after the session, and writes its fields in another order then.
  return asked === undefined
    ? { painLevelBefore, painLevelAfter, feedbackCompleted: true, feedbackSubmittedAt }
    : { painLevelBefore, feedbackCompleted: true, painLevelAfter, feedbackSubmittedAt };
}

function phase(day: number): string {
  if (day <= 5) return "menstrual";
  if (day <= 11) return "follicular";
  return day <= 15 ? "ovulatory" : "luteal";
}
