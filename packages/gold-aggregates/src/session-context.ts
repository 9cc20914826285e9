import { type Grouped, groupBy } from "@junoplus/beam-runtime";
import { flatten, P, type PCollection, type PTransform, withName } from "@junoplus/beam-runtime/sdk";
import { requireForSerialization } from "apache-beam/serialization";
import { type FirstSession, FirstSessionsWalk } from "./first-sessions";
import { MedicationsInUse } from "./medications-in-use";
import { type PriorSessions, PriorSessionsWalk } from "./prior-sessions";
import { compareSessions } from "./session-order";
import { type StartClock, startClock } from "./start-clock";
import {
  type DaySnapshot,
  type MedicationPeriod,
  medicationRow,
  profileRow,
  type Session,
  sessionRow,
  snapshotRow,
  type UserProfile,
  type UserRow,
  type UserRows,
  userOfRow,
  userRows,
} from "./user-rows";

/** The silver rows that gold is made of, with the columns that it reads. */
export type SilverTables = {
  readonly sessions: PCollection<Session>;
  readonly profiles: PCollection<UserProfile>;
  readonly medications: PCollection<MedicationPeriod>;
  readonly periodTracking: PCollection<DaySnapshot>;
};

/** A session with what is known of its user, of its day and of what lay before it. */
export interface SessionContext {
  readonly session: Session;
  readonly profile: UserProfile | null;
  readonly snapshot: DaySnapshot | null;
  /** Keys in use at the start, distinct, in byte order; null when unknown: no start time, or no medication list. */
  readonly medicationKeys: readonly string[] | null;
  readonly clock: StartClock | null;
  readonly prior: PriorSessions | null;
  readonly first: FirstSession;
}

/** Every session with its context, from all rows of its user. */
export function sessionContexts(): PTransform<SilverTables, PCollection<SessionContext>> {
  return withName("sessionContexts", ({ sessions, profiles, medications, periodTracking }: SilverTables) => {
    const rows: PCollection<UserRow> = P([
      sessions.map(withName("sessionRow", sessionRow)),
      profiles.map(withName("profileRow", profileRow)),
      medications.map(withName("medicationRow", medicationRow)),
      periodTracking.map(withName("snapshotRow", snapshotRow)),
    ]).apply(flatten());
    const users: PCollection<Grouped<UserRow>> = rows.apply(withName("byUser", groupBy(userOfRow)));
    return users.flatMap(withName("contextsOfGroup", contextsOfGroup));
  });
}

/** Worker function: the contexts of a user's sessions. */
export function contextsOfGroup(rows: Grouped<UserRow>): Iterable<SessionContext> {
  return contextsOfUser(userRows(rows));
}

/** The contexts of one user's sessions, oldest first, whatever the order of the rows. */
export function* contextsOfUser({ sessions, snapshots, medications, profile }: UserRows): Generator<SessionContext> {
  const snapshotOf = new Map(snapshots.map((snapshot) => [snapshot.date, snapshot]));
  // Without a medication list nothing is known; that is not "no medication".
  const inUse = medications.length === 0 ? null : new MedicationsInUse(medications);
  const prior = new PriorSessionsWalk();
  const first = new FirstSessionsWalk();
  for (const session of [...sessions].sort(compareSessions)) {
    const { start_time, session_date } = session;
    yield {
      session,
      profile,
      snapshot: session_date === null ? null : (snapshotOf.get(session_date) ?? null),
      medicationKeys: start_time === null || inUse === null ? null : inUse.at(start_time),
      clock: startClock(start_time),
      prior: prior.next(session),
      first: first.next(session),
    };
  }
}

/** Whether a medication was in use at the start; unknown stays unknown. */
export function onMedication({ medicationKeys }: SessionContext): boolean | null {
  return medicationKeys === null ? null : medicationKeys.length > 0;
}

requireForSerialization("@junoplus/gold-aggregates/session-context", exports);
