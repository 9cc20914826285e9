import { existsSync } from "node:fs";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { Comparison, type Difference, type LiveSide, type SilverSide } from "./comparison";

const TABLE = "silver_period_tracking";
const PATH = "users/u1/period_tracking";
const at = (second: number): string => `2024-01-01T00:00:0${second}.000000Z`;

const silver = (key: string, content: string, rest: Partial<SilverSide> = {}): SilverSide => ({
  key,
  content,
  shownKey: JSON.stringify({ user_id: key }),
  document: null,
  place: `${PATH}/`,
  changedAt: at(1),
  ...rest,
});
const live = (key: string, content: string, rest: Partial<LiveSide> = {}): LiveSide => ({
  ...silver(key, content),
  path: `${PATH}/${key}`,
  changedAt: at(1),
  index: 0,
  isSettled: true,
  ...rest,
});

interface Sides {
  readonly silver?: readonly SilverSide[];
  readonly live?: readonly LiveSide[];
  readonly documents?: readonly string[];
  readonly uncertain?: readonly string[];
}

const open: Comparison[] = [];
afterEach(() => {
  for (const comparison of open.splice(0)) comparison.close();
});

async function compared(sides: Sides): Promise<Comparison> {
  const comparison = await Comparison.create();
  open.push(comparison);
  for (const row of sides.silver ?? []) await comparison.addSilver(TABLE, row);
  for (const row of sides.live ?? []) await comparison.addLive(TABLE, row);
  for (const path of sides.documents ?? []) await comparison.addDocument(TABLE, path);
  for (const place of sides.uncertain ?? []) await comparison.addUncertain(TABLE, place);
  await comparison.compare();
  return comparison;
}

async function verdicts(sides: Sides) {
  const counts = await (await compared(sides)).counts(TABLE);
  return Object.entries(counts).flatMap(([verdict, count]) => (count > 0 ? [`${verdict} ${count}`] : []));
}

test.each<[string, Sides, string]>([
  ["the same content", { silver: [silver("a", "x")], live: [live("a", "x")] }, "equal 1"],
  ["other content", { silver: [silver("a", "x")], live: [live("a", "y")] }, "stale 1"],
  ["no row in silver", { live: [live("a", "x")] }, "missing 1"],
  ["no live document", { silver: [silver("a", "x")] }, "extra 1"],
  [
    "no row of a document that is live",
    { silver: [silver("a", "x", { document: `${PATH}/c`, place: `${PATH}/c` })], documents: [`${PATH}/c`] },
    "stale 1",
  ],
  [
    "a live row that is not settled, none in silver",
    { live: [live("a", "x", { isSettled: false })] },
    "not_compared 1",
  ],
  [
    "a live row that is not settled, another in silver",
    { silver: [silver("a", "x")], live: [live("a", "y", { isSettled: false })] },
    "not_compared 1",
  ],
  [
    "a live row that is not settled, the same in silver",
    { silver: [silver("a", "x")], live: [live("a", "x", { isSettled: false })] },
    "equal 1",
  ],
  [
    "a row that an uncertain document may have given",
    { silver: [silver("a", "x")], uncertain: [`${PATH}/`] },
    "not_compared 1",
  ],
  [
    "a later state of an uncertain document before the live winner",
    { silver: [silver("a", "x", { changedAt: at(2) })], live: [live("a", "y")], uncertain: [`${PATH}/`] },
    "not_compared 1",
  ],
  [
    "an uncertain document, whose states are all older than the live winner",
    { silver: [silver("a", "x")], live: [live("a", "y", { changedAt: at(2) })], uncertain: [`${PATH}/`] },
    "stale 1",
  ],
  [
    "two documents for one row: the later is compared",
    {
      silver: [silver("a", "new")],
      live: [live("a", "new", { changedAt: at(2) }), live("a", "old", { path: `${PATH}/z` })],
    },
    "equal 1",
  ],
  [
    "two documents at one time: the greater path is compared",
    {
      silver: [silver("a", "z")],
      live: [live("a", "z", { path: `${PATH}/z` }), live("a", "b", { path: `${PATH}/b` })],
    },
    "equal 1",
  ],
])("%s", async (_case, sides, verdict) => {
  expect(await verdicts(sides)).toEqual([verdict]);
});

test("a table's rows are compared with its own only", async () => {
  const comparison = await Comparison.create();
  open.push(comparison);
  await comparison.addSilver("silver_user_profiles", silver("a", "x"));
  await comparison.addLive(TABLE, live("a", "x"));
  await comparison.compare();
  expect(await comparison.counts(TABLE)).toMatchObject({ missing: 1, equal: 0 });
  expect(await comparison.counts("silver_user_profiles")).toMatchObject({ extra: 1, equal: 0 });
});

test("differences of one document and shown key are one, with their number; what is equal is none", async () => {
  const shownKey = '{"user_id":"u1"}';
  const document = { document: `${PATH}/c`, place: `${PATH}/c`, shownKey };
  const comparison = await compared({
    silver: [silver("a", "x", document), silver("b", "x", { ...document, changedAt: at(3) }), silver("c", "x")],
    live: [live("c", "x")],
  });
  const found: Difference[] = [];
  for await (const difference of comparison.differences()) found.push(difference);
  expect(found).toEqual([
    {
      verdict: "extra",
      table: TABLE,
      key: shownKey,
      document: `${PATH}/c`,
      rows: 2,
      documentUpdatedAt: null,
      silverChangedAt: at(3),
    },
  ]);
});

test("of many differences as many are given as asked for, of each verdict", async () => {
  const names = ["a", "b", "c"];
  const comparison = await compared({
    silver: names.map((name) => silver(name, "x")),
    live: names.map((name) => live(`live-${name}`, "x")),
  });
  const found: string[] = [];
  for await (const { verdict, key } of comparison.differences(2)) found.push(`${verdict} ${key}`);
  expect(found).toEqual([
    'extra {"user_id":"a"}',
    'extra {"user_id":"b"}',
    'missing {"user_id":"live-a"}',
    'missing {"user_id":"live-b"}',
  ]);
});

test("imports are the live documents of which a row is missing or stale, each once, with the change to supersede", async () => {
  const path = `${PATH}/d`;
  const comparison = await compared({
    silver: [silver("a", "x", { changedAt: at(4) }), silver("extra", "x"), silver("same", "x")],
    live: [live("a", "y", { path }), live("b", "y", { path, index: 1 }), live("same", "x"), live("m", "x")],
  });
  const found = [];
  for await (const imported of comparison.imports(TABLE)) found.push(imported);
  expect(found).toEqual([
    { path, silverChangedAt: at(4) },
    { path: `${PATH}/m`, silverChangedAt: null },
  ]);
});

test("every row of both sides has one verdict, in whatever order they came", async () => {
  const name = fc.constantFrom("a", "b", "c", "d", "e");
  const content = fc.constantFrom("x", "y");
  const second = fc.integer({ min: 1, max: 3 });
  const rows = fc.uniqueArray(fc.tuple(name, content, second), { selector: ([key]) => key });
  const documents = fc.uniqueArray(fc.tuple(name, content, second, fc.boolean(), fc.nat(1)), {
    selector: ([key, , , , document]) => `${key}${document}`,
  });
  await fc.assert(
    fc.asyncProperty(rows, documents, fc.boolean(), async (inSilver, inFirestore, isUncertain) => {
      const sides = {
        silver: inSilver.map(([key, text, time]) => silver(key, text, { changedAt: at(time) })),
        live: inFirestore.map(([key, text, time, isSettled, document]) =>
          live(key, text, { changedAt: at(time), isSettled, path: `${PATH}/${document}` }),
        ),
        uncertain: isUncertain ? [`${PATH}/`, `${PATH}/`] : [],
      };
      const counts = await (await compared(sides)).counts(TABLE);
      const keys = new Set([...sides.silver, ...sides.live].map(({ key }) => key));
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(keys.size);
      const reversed = { ...sides, silver: sides.silver.toReversed(), live: sides.live.toReversed() };
      expect(await (await compared(reversed)).counts(TABLE)).toEqual(counts);
    }),
    { numRuns: 20 },
  );
});

test("the database is gone when it is closed", async () => {
  const comparison = await Comparison.create();
  const { directory } = comparison as unknown as { readonly directory: string };
  expect(existsSync(directory)).toBe(true);
  comparison.close();
  expect(existsSync(directory)).toBe(false);
});
