import { isDeepStrictEqual } from "node:util";
import { type Grouped, groupBy, type RowChange, type Split, splitByTag, type Tagged } from "@junoplus/beam-runtime";
import { flatten, P, type PCollection, type PTransform, withName } from "@junoplus/beam-runtime/sdk";
import type { GoldTherapyEffectiveness, MlTrainingBaseV2, UserAnalyticsV1 } from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";
import { contextsOfUser, type SessionContext } from "./session-context";
import { sessionsOfMonths } from "./therapy-effectiveness";
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
  userOfRow,
  userRows,
} from "./user-rows";

/** All silver rows of the users of whom some changed: those that stayed too, since they are the others' context. */
export type SilverChanges = {
  readonly sessions: PCollection<RowChange<Session>>;
  readonly profiles: PCollection<RowChange<UserProfile>>;
  readonly medications: PCollection<RowChange<MedicationPeriod>>;
  readonly periodTracking: PCollection<RowChange<DaySnapshot>>;
};

/** What gold is made anew of, and the keys of the rows that it replaces. */
export type UserChanges = {
  /** Sessions whose context is another than before, as it was and as it is. */
  readonly before: SessionContext;
  readonly after: SessionContext;
  readonly changedSession: Pick<MlTrainingBaseV2, "user_id" | "session_id">;
  /** All sessions, as they are, of users of whom one is among these. */
  readonly ofUser: SessionContext;
  readonly changedUser: Pick<UserAnalyticsV1, "user_id">;
  /** All sessions, as they are, of a user's months in which a session itself changed. */
  readonly ofMonth: Session;
  readonly changedMonth: Pick<GoldTherapyEffectiveness, "user_id" | "month">;
};

/** What changed of the sessions of each user; a user all of whose rows stayed gives nothing. */
export function userChanges(): PTransform<SilverChanges, Split<UserChanges>> {
  return withName("userChanges", ({ sessions, profiles, medications, periodTracking }: SilverChanges) => {
    const rows: PCollection<RowChange<UserRow>> = P([
      sessions.map(withName("sessionChange", sessionChange)),
      profiles.map(withName("profileChange", profileChange)),
      medications.map(withName("medicationChange", medicationChange)),
      periodTracking.map(withName("snapshotChange", snapshotChange)),
    ]).apply(flatten());
    return rows
      .apply(withName("byUser", groupBy(userOfChange)))
      .flatMap(withName("changesOfUser", changesOfUser))
      .apply(
        splitByTag<UserChanges>(
          "before",
          "after",
          "changedSession",
          "ofUser",
          "changedUser",
          "ofMonth",
          "changedMonth",
        ),
      );
  });
}

/** Worker function: what became of a session, as of a row of its user. */
export function sessionChange(change: RowChange<Session>): RowChange<UserRow> {
  return changed(change, sessionRow);
}

/** Worker function: what became of a snapshot, as of a row of its user. */
export function snapshotChange(change: RowChange<DaySnapshot>): RowChange<UserRow> {
  return changed(change, snapshotRow);
}

/** Worker function: what became of a medication, as of a row of its user. */
export function medicationChange(change: RowChange<MedicationPeriod>): RowChange<UserRow> {
  return changed(change, medicationRow);
}

/** Worker function: what became of a profile, as of a row of its user; name and mail address go no further. */
export function profileChange(change: RowChange<UserProfile>): RowChange<UserRow> {
  return changed(change, profileRow);
}

function changed<Row>(change: RowChange<Row>, rowOf: (row: Row) => UserRow): RowChange<UserRow> {
  if ("kept" in change) return { kept: rowOf(change.kept) };
  return "before" in change ? { before: rowOf(change.before) } : { after: rowOf(change.after) };
}

/** Key of what became of a row: its user. */
export function userOfChange(change: RowChange<UserRow>): string {
  if ("kept" in change) return userOfRow(change.kept);
  return userOfRow("before" in change ? change.before : change.after);
}

/** Worker function: what changed of one user. */
export function* changesOfUser({ key: user_id, value }: Grouped<RowChange<UserRow>>): Generator<Tagged<UserChanges>> {
  const before: UserRow[] = [];
  const after: UserRow[] = [];
  const months = new Set<string>();
  let hasChanged = false;
  for (const change of value) {
    if ("kept" in change) {
      before.push(change.kept);
      after.push(change.kept);
      continue;
    }
    hasChanged = true;
    const row = "before" in change ? change.before : change.after;
    ("before" in change ? before : after).push(row);
    if ("session" in row) for (const { month } of sessionsOfMonths(row.session)) months.add(month);
  }
  if (!hasChanged) return;
  const now = contextsOfUser(userRows({ key: user_id, value: after }));
  yield* sessionChanges(user_id, [...contextsOfUser(userRows({ key: user_id, value: before }))], [...now]);
  for (const month of months) yield { changedMonth: { user_id, month } };
  for (const row of after) {
    if (!("session" in row)) continue;
    for (const { month, session } of sessionsOfMonths(row.session)) if (months.has(month)) yield { ofMonth: session };
  }
}

function* sessionChanges(
  user_id: string,
  before: readonly SessionContext[],
  after: readonly SessionContext[],
): Generator<Tagged<UserChanges>> {
  const gone = new Map(before.map((context) => [context.session.session_id, context]));
  const changed: string[] = [];
  for (const is of after) {
    const { session_id } = is.session;
    const was = gone.get(session_id);
    if (was !== undefined && isSameContext(was, is)) {
      gone.delete(session_id);
      continue;
    }
    if (was === undefined) changed.push(session_id);
    yield { after: is };
  }
  for (const [session_id, was] of gone) {
    changed.push(session_id);
    yield { before: was };
  }
  for (const session_id of changed) yield { changedSession: { user_id, session_id } };
  if (changed.length === 0) return;
  yield { changedUser: { user_id } };
  for (const context of after) yield { ofUser: context };
}

/** Rows that stayed are the same objects in both, so that mostly nothing has to be compared. */
function isSameContext(a: SessionContext, b: SessionContext): boolean {
  const names = Object.keys(a) as (keyof SessionContext)[];
  return names.every((name) => a[name] === b[name] || isDeepStrictEqual(a[name], b[name]));
}

requireForSerialization("@junoplus/gold-aggregates/user-changes", exports);
