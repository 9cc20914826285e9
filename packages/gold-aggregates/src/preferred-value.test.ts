import { expect, test } from "vitest";
import { addUse, mergeUses, preferredValue, type Uses } from "./preferred-value";

type Row = readonly [value: number | null, start_time: string | null, session_id: string];

function uses(...rows: readonly Row[]): Uses {
  const all: Uses = {};
  for (const [value, start_time, session_id] of rows) addUse(all, value, { start_time, session_id });
  return all;
}

const [DAY1, DAY2, DAY3] = [
  "2024-03-01T08:00:00.000000Z",
  "2024-03-02T08:00:00.000000Z",
  "2024-03-03T08:00:00.000000Z",
];

test.each<[string, readonly Row[], number | null]>([
  ["none used", [], null],
  ["unknown is no use", [[null, DAY1, "a"]], null],
  ["zero is a value", [[0, DAY1, "a"]], 0],
  [
    "most used wins over used last",
    [
      [1, DAY1, "a"],
      [1, DAY2, "b"],
      [2, DAY3, "c"],
    ],
    1,
  ],
  [
    "of a tie the one used last",
    [
      [2, DAY1, "z"],
      [1, DAY2, "a"],
    ],
    1,
  ],
  [
    "the latest use counts, in whatever order it came",
    [
      [2, DAY3, "a"],
      [2, DAY1, "b"],
      [1, DAY2, "c"],
      [1, DAY1, "d"],
    ],
    2,
  ],
  [
    "no start time is older than any",
    [
      [3, null, "z"],
      [1, DAY1, "a"],
    ],
    1,
  ],
  [
    "one instant: the greater session id",
    [
      [1, DAY1, "b"],
      [3, DAY1, "a"],
    ],
    1,
  ],
  [
    "no start times: the greater session id",
    [
      [3, null, "a"],
      [1, null, "b"],
    ],
    1,
  ],
  [
    "session ids by UTF-8 bytes",
    [
      [1, DAY1, "\u{1F600}"],
      [3, DAY1, "\uFFFD"],
    ],
    1,
  ],
])("%s", (_rule, rows, preferred) => {
  expect(preferredValue(uses(...rows))).toBe(preferred);
  expect(preferredValue(uses(...rows.toReversed()))).toBe(preferred);
});

test("merging adds up the uses of each value, and leaves the other as it was", () => {
  const all = uses([1, DAY1, "a"], [2, DAY3, "b"]);
  const other = uses([1, DAY2, "c"], [3, DAY1, "d"]);
  mergeUses(all, other);
  expect(all).toEqual(uses([1, DAY1, "a"], [2, DAY3, "b"], [1, DAY2, "c"], [3, DAY1, "d"]));
  addUse(all, 3, { start_time: DAY3, session_id: "e" });
  expect(other).toEqual(uses([1, DAY2, "c"], [3, DAY1, "d"]));
});
