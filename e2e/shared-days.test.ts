import fc from "fast-check";
import { expect, test } from "vitest";
import { content, GrowingLog } from "./testing/growing-log";
import { publishedRun } from "./testing/published-run";
import { tempDirectory } from "./testing/temp-directory";

const temp = tempDirectory();
const AS_OF = "2026-02-28T12:00:00.000000Z";
const prefix = "period_tracking_data";

const day = fc.constantFrom("2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04");
/** Of a cycle with days, of one of which only the start is known, and of a day. */
const data = fc.oneof(
  {
    arbitrary: fc.record({ days: fc.array(fc.record({ date: day, cycle_day: fc.nat(30) }), { maxLength: 4 }) }),
    weight: 3,
  },
  fc.record({ startDate: day }),
  fc.record({ date: day, pain_level: fc.nat(10) }),
);

/** A document that stays, since a table that lost all its rows would not be published. */
const STAYS = JSON.stringify({
  timestamp: "2024-03-05T10:00:00.000001Z",
  event_id: "stays",
  document_name: "users/u0/period_tracking/a",
  operation: "CREATE",
  data: JSON.stringify({ date: "2024-03-01" }),
});

interface Change {
  readonly user: string;
  readonly document: string;
  readonly second: number;
  readonly operation: string;
  readonly data: unknown;
}

function lineOf({ user, document, second, operation, data: written }: Change): string {
  return JSON.stringify({
    timestamp: `2024-03-05T10:00:${String(second).padStart(2, "0")}.000001Z`,
    event_id: `e${second}`,
    document_name: `users/${user}/period_tracking/${document}`,
    operation,
    data: operation === "DELETE" ? null : JSON.stringify(written),
  });
}

/** Changes of a few documents of two users, all of the same four days: late, again, deleted, broken. */
const change: fc.Arbitrary<Change> = fc.record({
  user: fc.constantFrom("u1", "u2"),
  document: fc.constantFrom("a", "b", "c"),
  second: fc.nat(20),
  operation: fc.constantFrom("UPDATE", "UPDATE", "UPDATE", "DELETE"),
  data: fc.oneof({ arbitrary: data, weight: 9 }, { arbitrary: fc.constant("broken"), weight: 1 }),
});

/** Runs that go on from each other, held against one that reads all; gives the rows that lost to a later document. */
async function followed(steps: readonly (readonly Change[])[]): Promise<number> {
  const log = new GrowingLog(temp);
  for (const [i, changes] of steps.entries()) {
    const lines = [...(i === 0 ? [STAYS] : []), ...changes.map(lineOf)].map((line) => ({ prefix, line }));
    log.add(lines, false);
    await publishedRun(AS_OF, { source: log.source, warehouse: log.url("followed"), since: "last" });
  }
  const { flows } = await log.run("whole", AS_OF, "last");
  expect(await content(log.url("followed"))).toEqual(await content(log.url("whole")));
  log.remove();
  return flows.reduce((sum, { displaced }) => sum + displaced, 0);
}

test("a document that is looked at for one of its days takes no other day from a later one, which is not looked at", async () => {
  const [one, other] = ["2024-03-01", "2024-03-02"];
  const cycle = (document: string, second: number, dates: readonly string[]): Change => {
    const days = dates.map((date, at) => ({ date, cycle_day: at + 1 }));
    return { user: "u1", document, second, operation: "UPDATE", data: { days } };
  };
  expect(await followed([[cycle("a", 1, [one, other]), cycle("b", 2, [other])], [cycle("c", 3, [one])]])).toBe(2);
});

test("a day that several documents give is that of the latest one, whichever of them came, changed or went in which run", {
  timeout: 600_000,
}, async () => {
  let displaced = 0;
  const first = fc.array(change, { minLength: 6, maxLength: 14 });
  const then = fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(first, then, async (changes, more) => {
      displaced += await followed([changes, ...more]);
    }),
    { numRuns: 12, endOnFailure: true },
  );
  expect(displaced).toBeGreaterThan(10);
});
