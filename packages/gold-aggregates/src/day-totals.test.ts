import type { DayTotals as DayTotalsRow } from "@junoplus/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type DayTotals, sessionsOfDays, sumDay, toDailyMetrics } from "./daily-metrics";
import { changedDay, dayTotalsRow } from "./day-totals";
import { contextsOfUser } from "./session-context";
import { arbitrarySilver } from "./testing/arbitrary-rows";
import { AS_OF, at, type SilverRows, session } from "./testing/silver-rows";

/** The totals of every day, from all users' rows. */
function totalsOf({ sessions, profiles, medications, periodTracking }: SilverRows): ReadonlyMap<string, DayTotals> {
  const days = new Map<string, DayTotals>();
  for (const user of new Set(sessions.map(({ user_id }) => user_id))) {
    const rows = {
      sessions: sessions.filter(({ user_id }) => user_id === user),
      snapshots: periodTracking.filter(({ user_id }) => user_id === user),
      medications: medications.filter(({ user_id }) => user_id === user),
      profile: profiles.find(({ user_id }) => user_id === user) ?? null,
    };
    for (const context of contextsOfUser(rows)) {
      for (const dated of sessionsOfDays(context)) {
        days.set(dated.day, sumDay.addInput(days.get(dated.day) ?? sumDay.createAccumulator(), dated));
      }
    }
  }
  return days;
}

function rowsOf(days: ReadonlyMap<string, DayTotals>): readonly DayTotalsRow[] {
  return [...days].map(([key, value]) => dayTotalsRow({ key, value })).sort(byDay);
}

function byDay(a: DayTotalsRow, b: DayTotalsRow): number {
  return a.session_date < b.session_date ? -1 : 1;
}

function ofUsers(silver: SilverRows, isOne: (user: string) => boolean): SilverRows {
  const filtered = <Row extends { readonly user_id: string }>(rows: readonly Row[]) =>
    rows.filter(({ user_id }) => isOne(user_id));
  return {
    sessions: filtered(silver.sessions),
    profiles: filtered(silver.profiles),
    medications: filtered(silver.medications),
    periodTracking: filtered(silver.periodTracking),
  };
}

/** The totals of all days when some users' rows are replaced, by what these users gave and give. */
function replaced(known: readonly DayTotalsRow[], before: SilverRows, after: SilverRows) {
  const [was, is] = [totalsOf(before), totalsOf(after)];
  const rows = new Map(known.map((row) => [row.session_date, row]));
  const changed: string[] = [];
  for (const day of new Set([...was.keys(), ...is.keys()])) {
    const part = <V>(value: V | undefined) => (value === undefined ? [] : [{ key: day, value }]);
    const parts = [
      ...part(is.get(day)).map((one) => ({ after: one })),
      ...part(was.get(day)).map((one) => ({ before: one })),
      ...[rows.get(day)].flatMap((one) => (one === undefined ? [] : [{ known: one }])),
    ];
    for (const total of changedDay({ key: day, value: parts })) {
      changed.push(day);
      rows.delete(day);
      if (total.value.sessions.sessions > 0) rows.set(day, dayTotalsRow(total));
    }
  }
  return { changed, rows: [...rows.values()].sort(byDay) };
}

test("taking users' old rows out and putting new ones in gives the totals of all rows, to the byte", () => {
  fc.assert(
    fc.property(arbitrarySilver(), arbitrarySilver(), fc.nat(7), (old, next, chosen) => {
      const users = [...new Set([...old.sessions, ...next.sessions].map(({ user_id }) => user_id))].sort();
      const isTouched = (user: string): boolean => (chosen & (1 << (users.indexOf(user) % 3))) !== 0;
      const merged: SilverRows = Object.fromEntries(
        (["sessions", "profiles", "medications", "periodTracking"] as const).map((table) => [
          table,
          [...ofUsers(old, (user) => !isTouched(user))[table], ...ofUsers(next, isTouched)[table]],
        ]),
      ) as unknown as SilverRows;
      const { rows } = replaced(rowsOf(totalsOf(old)), ofUsers(old, isTouched), ofUsers(next, isTouched));
      const expected = totalsOf(merged);
      expect(rows).toEqual(rowsOf(expected));
      for (const row of rows) {
        const value = JSON.parse(row.totals) as DayTotals;
        const whole = expected.get(row.session_date) as DayTotals;
        const run = { asOf: AS_OF };
        expect(toDailyMetrics({ key: row.session_date, value }, run)).toEqual(
          toDailyMetrics({ key: row.session_date, value: whole }, run),
        );
      }
    }),
    { numRuns: 200 },
  );
});

test("a day on which nothing changed is left alone, one that lost its sessions is not", () => {
  const kept = session("s1", { start_time: at("2024-03-01 08:00"), duration_minutes: 20 });
  const gone = session("s2", { start_time: at("2024-03-02 08:00"), duration_minutes: 0.1 + 0.2 });
  const silver = (sessions: SilverRows["sessions"]): SilverRows => ({
    sessions,
    profiles: [],
    medications: [],
    periodTracking: [],
  });
  const { changed, rows } = replaced(rowsOf(totalsOf(silver([kept, gone]))), silver([kept, gone]), silver([kept]));
  expect(changed).toEqual(["2024-03-02"]);
  expect(rows.map(({ session_date }) => session_date)).toEqual(["2024-03-01"]);
});
