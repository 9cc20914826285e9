import { createFrom, type RowChange } from "@junoplus/beam-runtime";
import { type PCollection, type Root, withName } from "@junoplus/beam-runtime/sdk";
import { collect } from "@junoplus/beam-runtime/testing/run-and-collect";
import type { DayTotals } from "@junoplus/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { goldChanges, goldTables } from "./gold-tables";
import { arbitrarySilver } from "./testing/arbitrary-rows";
import { AS_OF, profile, type SilverRows, session, snapshot } from "./testing/silver-rows";
import { READ_COLUMNS } from "./user-rows";

type Rows = readonly Readonly<Record<string, unknown>>[];
type Changes = { readonly [Table in keyof SilverRows]: readonly RowChange<SilverRows[Table][number]>[] };

const GOLD = ["mlTrainingBase", "userAnalytics", "dailyMetrics", "therapyEffectiveness"] as const;
const RUN = { asOf: AS_OF };
const KEYS: { readonly [Table in keyof SilverRows]: readonly string[] } = {
  sessions: ["user_id", "session_id"],
  profiles: ["user_id"],
  medications: ["user_id", "medication_key", "valid_from"],
  periodTracking: ["user_id", "date"],
};

function created<Tables extends Readonly<Record<keyof SilverRows, readonly unknown[]>>>(root: Root, tables: Tables) {
  const create = <Row>(name: string, rows: readonly Row[]): PCollection<Row> =>
    root.apply(withName(name, createFrom(rows)));
  return {
    sessions: create("sessions", tables.sessions),
    profiles: create("profiles", tables.profiles),
    medications: create("medications", tables.medications),
    periodTracking: create("periodTracking", tables.periodTracking),
  } as { readonly [Table in keyof SilverRows]: PCollection<Tables[Table][number]> };
}

async function gold(silver: SilverRows): Promise<Readonly<Record<string, Rows>>> {
  const { outputs } = await collect((root) => goldTables(created(root, silver), RUN));
  return outputs as Record<string, Rows>;
}

/** The changes, with rows that stay as a run that goes on from another has them: without columns that gold does not read. */
function asLookedUp(changes: Changes): Changes {
  const tables = Object.keys(READ_COLUMNS) as (keyof Changes)[];
  return Object.fromEntries(
    tables.map((table) => [
      table,
      (changes[table] as readonly RowChange<object>[]).map((change) =>
        "kept" in change ? { kept: picked(change.kept, READ_COLUMNS[table]) } : change,
      ),
    ]),
  ) as unknown as Changes;
}

function picked(row: object, columns: readonly string[]): object {
  return Object.fromEntries(Object.entries(row).filter(([name]) => columns.includes(name)));
}

/** The new rows, and the keys of rows that they replace, by table. */
async function changesOfGold(changes: Changes, known: readonly DayTotals[]) {
  const { outputs } = await collect((root) => {
    const { replaced, ...tables } = goldChanges(
      created(root, asLookedUp(changes)),
      root.apply(withName("known", createFrom(known))),
      RUN,
    );
    const keys = Object.entries<PCollection<unknown>>(replaced).map(([name, rows]) => [`replaced ${name}`, rows]);
    return { ...tables, ...(Object.fromEntries(keys) as Record<string, PCollection<unknown>>) };
  });
  return outputs as Record<string, Rows>;
}

/** Rows of a table in which those of the keys have given way to the new ones, as text in order. */
function replacedIn(before: Rows, keys: Rows, rows: Rows): readonly string[] {
  const goes = (row: Rows[number]): boolean =>
    keys.some((key) => Object.entries(key).every(([column, value]) => row[column] === value));
  return texts([...before.filter((row) => !goes(row)), ...rows]);
}

function texts(rows: Rows): readonly string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** What became of silver rows: of two sets of rows, some of the first stay, and the second are what is beside them. */
function changesBetween(before: SilverRows, after: SilverRows, stays: () => boolean): Changes {
  const ofTable = <Row extends object>(columns: readonly string[], was: readonly Row[], is: readonly Row[]) => {
    const keyOf = (row: Row): string => JSON.stringify(Object.entries(row).filter(([name]) => columns.includes(name)));
    const kept = was.filter(stays);
    const keptKeys = new Set(kept.map(keyOf));
    return [
      ...kept.map((row): RowChange<Row> => ({ kept: row })),
      ...was.flatMap((row): RowChange<Row>[] => (kept.includes(row) ? [] : [{ before: row }])),
      ...is.flatMap((row): RowChange<Row>[] => (keptKeys.has(keyOf(row)) ? [] : [{ after: row }])),
    ];
  };
  return {
    sessions: ofTable(KEYS.sessions, before.sessions, after.sessions),
    profiles: ofTable(KEYS.profiles, before.profiles, after.profiles),
    medications: ofTable(KEYS.medications, before.medications, after.medications),
    periodTracking: ofTable(KEYS.periodTracking, before.periodTracking, after.periodTracking),
  };
}

/** The rows as they are after the changes. */
function rowsAfter(changes: Changes): SilverRows {
  const ofTable = <Row>(rows: readonly RowChange<Row>[]): readonly Row[] =>
    rows.flatMap((change) => ("before" in change ? [] : ["kept" in change ? change.kept : change.after]));
  return {
    sessions: ofTable(changes.sessions),
    profiles: ofTable(changes.profiles),
    medications: ofTable(changes.medications),
    periodTracking: ofTable(changes.periodTracking),
  };
}

const arbitraryChanges = fc
  .tuple(arbitrarySilver(), arbitrarySilver(), fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }))
  .map(([before, after, flags]) => {
    let next = 0;
    return { before, changes: changesBetween(before, after, () => flags[next++ % flags.length] === true) };
  });

test("what changes make of gold, in the place of what they replace, is gold of the changed rows, in every cell", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryChanges, async ({ before, changes }) => {
      const [was, is] = [await gold(before), await gold(rowsAfter(changes))];
      const made = await changesOfGold(changes, was["dayTotals"] as unknown as readonly DayTotals[]);
      for (const table of GOLD) {
        const result = replacedIn(was[table] ?? [], made[`replaced ${table}`] ?? [], made[table] ?? []);
        expect(result, table).toEqual(texts(is[table] ?? []));
      }
      const totals = replacedIn(was["dayTotals"] ?? [], made["replaced dailyMetrics"] ?? [], made["dayTotals"] ?? []);
      expect(totals).toEqual(texts(is["dayTotals"] ?? []));
    }),
    // A pipeline takes a hundred times as long as a function.
    { numRuns: 30 },
  );
});

const WITH_FEEDBACK = { has_feedback: true, start_time: "2024-03-01T12:00:00.000000Z", device_name: "z" };
const EARLIER = { ...WITH_FEEDBACK, start_time: "2024-02-28T12:00:00.000000Z" };

test("a session that changes nothing of an earlier one's context leaves that one's row alone", async () => {
  const changes: Changes = {
    sessions: [{ kept: session("s1", EARLIER) }, { after: session("s2", WITH_FEEDBACK) }],
    profiles: [{ kept: profile("u1") }],
    medications: [],
    periodTracking: [],
  };
  const was = await gold({ sessions: [session("s1", EARLIER)], profiles: [], medications: [], periodTracking: [] });
  const made = await changesOfGold(changes, was["dayTotals"] as unknown as readonly DayTotals[]);
  expect(made["mlTrainingBase"]?.map(({ session_id }) => session_id)).toEqual(["s2"]);
  expect(made["therapyEffectiveness"]?.map(({ month }) => month)).toEqual(["2024-03-01"]);
  expect(made["userAnalytics"]).toMatchObject([{ user_id: "u1", total_sessions: 2 }]);
  expect(made["dailyMetrics"]?.map(({ session_date }) => session_date)).toEqual(["2024-03-01"]);
});

test("a day on which nobody had a session changes nothing; a user all of whose rows stay gives nothing", async () => {
  const changes: Changes = {
    sessions: [{ kept: session("s1", EARLIER) }],
    profiles: [{ kept: profile("u1") }],
    medications: [],
    periodTracking: [{ after: snapshot("2024-05-31") }],
  };
  const made = await changesOfGold(changes, []);
  expect(Object.values(made).flat()).toEqual([]);
});
