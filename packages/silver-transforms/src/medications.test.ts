import type { BronzeMedications, SilverMedications } from "@junoplus/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { medicationKey, medications, toRows } from "./medications";
import type { DocumentState } from "./silver-table";
import { AS_OF, type Change, runSilver, second } from "./testing/run-silver";

const PATH = "medications/u1";

/** A change of the list of one user; no entries at all is a DELETE. */
function list(at: Change["at"], entries: readonly unknown[] | null, more: Partial<Change> = {}): Change {
  return { at, path: PATH, data: entries === null ? null : { medications: entries }, ...more };
}

function at(timestamp: string | null): string {
  return timestamp === null ? "" : timestamp.startsWith("2024-08-26T10:00:") ? timestamp.slice(17, 19) : timestamp;
}

/** Periods as `<key> <dosage>: <from>-<to>`, in seconds, by key and begin. */
async function periods(...changes: readonly Change[]): Promise<readonly string[]> {
  return (await runSilver(medications, changes)).rows
    .map(
      ({ medication_key, dosage, valid_from, valid_to }) =>
        `${medication_key} ${dosage}: ${at(valid_from)}-${at(valid_to)}`,
    )
    .sort();
}

const A1 = { name: "A", dosage: 1 };
const A2 = { name: "A", dosage: 2 };
const B1 = { name: "B", dosage: 1 };

test("a period is one row with every column", async () => {
  const entry = {
    name: " Ibuprofen  400 ",
    dosage: 2.5,
    frequency: "as needed",
    frequencyUnit: "daily",
    startDate: "2024-01-08T23:30:00-02:00",
    isNotificationEnabled: false,
    colour: "white",
  };
  const { rows, snapshots } = await runSilver(medications, [list(1, [entry])]);
  expect(rows).toEqual([
    {
      user_id: "u1",
      medication_key: "ibuprofen 400",
      medication_name: " Ibuprofen  400 ",
      dosage: "2.5",
      frequency: "as needed",
      frequency_unit: "daily",
      start_date: "2024-01-09",
      notifications_enabled: false,
      valid_from: second(1),
      valid_to: null,
      is_active: true,
      changed_at: second(1),
      processed_at: AS_OF,
    },
  ]);
  expect(snapshots).toBe(1);
});

test("what the client did not write is NULL, and a start without zone is UTC", async () => {
  const { rows } = await runSilver(medications, [
    list(1, [{ name: "A" }, { name: "B", startDate: "2024-01-08T23:59:59" }]),
  ]);
  expect(rows).toMatchObject([
    { dosage: null, frequency: null, frequency_unit: null, start_date: null, notifications_enabled: null },
    { start_date: "2024-01-08" },
  ]);
});

test("a period that has ended is not active, and changed when it ended", async () => {
  const { rows } = await runSilver(medications, [list(1, [A1]), list(2, [])]);
  expect(rows).toMatchObject([{ valid_from: second(1), valid_to: second(2), is_active: false, changed_at: second(2) }]);
});

describe("a period begins and ends", () => {
  test.each([
    ["name", { name: "a" }],
    ["dosage", { dosage: "2 tablets" }],
    ["frequency", { frequency: 3 }],
    ["frequencyUnit", { frequencyUnit: "weekly" }],
    ["startDate", { startDate: "2024-01-09" }],
    ["isNotificationEnabled", { isNotificationEnabled: true }],
    ["dosage that is gone", { dosage: null }],
  ])("when the %s of its entry changes", async (_what, change) => {
    const entry = {
      name: "A",
      dosage: 1,
      frequency: 2,
      frequencyUnit: "daily",
      startDate: "2024-01-08",
      isNotificationEnabled: false,
    };
    const { rows } = await runSilver(medications, [list(1, [entry]), list(2, [{ ...entry, ...change }])]);
    expect(rows.map(({ valid_from, valid_to }) => `${at(valid_from)}-${at(valid_to)}`).sort()).toEqual([
      "01-02",
      "02-",
    ]);
  });

  test.each([
    ["the same list is written again", [A1]],
    ["a field is written that is not read", [{ ...A1, colour: "white" }]],
    ["a number becomes its text", [{ ...A1, dosage: "1" }]],
    ["another entry comes", [A1, B1]],
    ["its place in the list changes", [B1, A1]],
    ["an entry without a name comes", [{ dosage: 5 }, A1]],
  ])("not when %s", async (_what, entries) => {
    expect(await periods(list(1, [A1]), list(2, entries))).toContain("a 1: 01-");
  });

  test("not when the start moves within its day", async () => {
    const entry = { name: "A", dosage: 1, startDate: "2024-01-08" };
    const moved = { ...entry, startDate: "2024-01-08T18:00:00Z" };
    expect(await periods(list(1, [entry]), list(2, [moved]))).toEqual(["a 1: 01-"]);
  });

  test("when its entry leaves the list, comes again and leaves again", async () => {
    expect(await periods(list(1, [A1, B1]), list(2, [B1]), list(3, [B1, A1]), list(4, [B1]))).toEqual([
      "a 1: 01-02",
      "a 1: 03-04",
      "b 1: 01-",
    ]);
  });

  test("when the list is gone, though the document stands", async () => {
    expect(await periods(list(1, [A1]), { at: 2, path: PATH, data: {} })).toEqual(["a 1: 01-02"]);
  });

  test("when the document is deleted and made anew", async () => {
    expect(await periods(list(1, [A1, B1]), list(2, null), list(3, [A1]))).toEqual([
      "a 1: 01-02",
      "a 1: 03-",
      "b 1: 01-02",
    ]);
  });

  test("once, when the document is deleted twice", async () => {
    expect(await periods(list(1, [A1]), list(2, null), list(3, null))).toEqual(["a 1: 01-02"]);
  });

  test("when its entry is rejected: nobody knows it any more", async () => {
    const broken = { ...A2, startDate: "soon" };
    const { rows, rejected } = await runSilver(medications, [
      list(1, [A1, B1]),
      list(2, [broken, B1]),
      list(3, [A2, B1]),
    ]);
    expect(
      rows.map(({ medication_key: key, valid_from, valid_to }) => `${key} ${at(valid_from)}-${at(valid_to)}`).sort(),
    ).toEqual(["a 01-02", "a 03-", "b 01-"]);
    expect(rejected.map(({ rejections }) => rejections)).toEqual([
      [
        {
          reason: "breaks_contract",
          detail: "/medications/0/startDate: must be a iso-instant",
          pointers: ["/medications/0/startDate"],
          isEntry: true,
        },
      ],
    ]);
  });

  test("not when a change is rejected: the state before it goes on", async () => {
    expect(await periods(list(1, [A1]), { at: 2, path: PATH, data: { medications: "none" } }, list(3, [A1]))).toEqual([
      "a 1: 01-",
    ]);
  });

  test("in the order of time, whatever order the changes come in and however often", async () => {
    const changes = [list(1, [A1]), list(2, [A2]), list(3, []), list(4, [A1]), list(5, null)];
    const expected = ["a 1: 01-02", "a 1: 04-05", "a 2: 02-03"];
    expect(await periods(...changes)).toEqual(expected);
    expect(await periods(...changes.toReversed(), ...changes)).toEqual(expected);
  });

  test("a microsecond apart", async () => {
    const { rows } = await runSilver(medications, [list(1.000001, [A1]), list(1.000002, [A2])]);
    expect(rows.map(({ valid_from }) => valid_from)).toEqual([
      "2024-08-26T10:00:01.000001Z",
      "2024-08-26T10:00:01.000002Z",
    ]);
  });
});

describe("several changes at one instant", () => {
  const first = { eventId: "a" };
  const last = { eventId: "b" };

  test("count as the last of them: no period is empty", async () => {
    expect(await periods(list(1, [A1], last), list(1, [A2], first), list(2, [A1]))).toEqual(["a 1: 01-"]);
  });

  test("leave a running period alone, when the last of them is what was before", async () => {
    expect(await periods(list(1, [A1]), list(2, [A2], first), list(2, [A1], last))).toEqual(["a 1: 01-"]);
  });

  test("end with a DELETE, whatever its event id", async () => {
    expect(await periods(list(1, [A1]), list(2, [A2], last), list(2, null, first))).toEqual(["a 1: 01-02"]);
  });

  test("count as the last valid one", async () => {
    const broken = { at: 2, path: PATH, data: { medications: 5 }, eventId: "z" };
    expect(await periods(list(1, [A1]), list(2, [A2], first), broken)).toEqual(["a 1: 01-02", "a 2: 02-"]);
  });
});

describe("an import", () => {
  const EPOCH = "1970-01-01T00:00:00.000000Z";
  const imported = { operation: "IMPORT", eventId: "" };

  test("of the epoch is valid from 1970 on", async () => {
    expect(await periods(list(EPOCH, [A1], imported), list(1, [A2]))).toEqual([`a 1: ${EPOCH}-01`, "a 2: 01-"]);
  });

  test("of the epoch is the oldest, when it comes late", async () => {
    expect(await periods(list(1, [A1]), list(EPOCH, [A1, B1], imported))).toEqual([
      `a 1: ${EPOCH}-`,
      `b 1: ${EPOCH}-01`,
    ]);
  });

  test("of what is known already begins nothing", async () => {
    expect(await periods(list(1, [A1]), list(2, [A1], imported))).toEqual(["a 1: 01-"]);
  });

  test("of the epoch twice is one state: that with the greater data", async () => {
    expect(await periods(list(EPOCH, [A1], imported), list(EPOCH, [A2], imported))).toEqual([`a 2: ${EPOCH}-`]);
  });
});

describe("the key of a medication", () => {
  test.each([
    ["Ibuprofen", "ibuprofen"],
    ["  Ibuprofen\t", "ibuprofen"],
    ["Vitamin \n  D", "vitamin d"],
    ["VITAMIN\u00a0D", "vitamin d"],
    ["Öl", "öl"],
  ])("%j is %j", (name, key) => {
    expect(medicationKey(name)).toBe(key);
  });

  test("makes two spellings one medication, of which the last entry of a list wins", async () => {
    const { rows } = await runSilver(medications, [list(1, [A2, { name: " a ", dosage: 3 }, B1])]);
    expect(rows.map(({ medication_key: key, medication_name: name, dosage }) => [key, name, dosage])).toEqual([
      ["a", " a ", "3"],
      ["b", "B", "1"],
    ]);
  });

  test("belongs to one user: another one's list is another history", async () => {
    const { rows } = await runSilver(medications, [list(1, [A1]), list(2, [A1], { path: "medications/u2" })]);
    expect(rows.map(({ user_id, valid_from }) => [user_id, at(valid_from)])).toEqual([
      ["u1", "01"],
      ["u2", "02"],
    ]);
  });
});

test("an entry without a name is rejected alone, and the rest of the list stands", async () => {
  const { rows, rejected } = await runSilver(medications, [list(1, [{ dosage: 1 }, A1, { name: " " }])]);
  expect(rows.map((row) => row.medication_key)).toEqual(["a"]);
  expect(rejected.flatMap(({ rejections }) => rejections.map(({ reason, pointers }) => [reason, ...pointers]))).toEqual(
    [
      ["missing_key", "/medications/0/name"],
      ["missing_key", "/medications/2/name"],
    ],
  );
});

describe("whatever the states of a list", () => {
  const entries = fc.array(
    fc.record(
      { name: fc.constantFrom("A", " a", "B", "C"), dosage: fc.constantFrom(1, 2, "1") },
      { requiredKeys: ["name"] },
    ),
    { maxLength: 4 },
  );
  const states: fc.Arbitrary<readonly DocumentState<BronzeMedications>[]> = fc
    .array(fc.option(fc.record({ medications: entries }, { requiredKeys: [] })), { maxLength: 8 })
    .map((documents) =>
      documents.map((document, i) => ({ changedAt: second(i), document: document as BronzeMedications | null })),
    );
  const rowsOf = (input: readonly DocumentState<BronzeMedications>[]): readonly SilverMedications[] =>
    toRows(input, { userId: "u1" }, { asOf: AS_OF });

  test("the rows that hold at a state's instant are its entries, the last of each key", () => {
    fc.assert(
      fc.property(states, (input) => {
        const rows = rowsOf(input);
        for (const { changedAt, document } of input) {
          const known = new Map((document?.medications ?? []).map((entry) => [medicationKey(entry.name), entry]));
          const expected = [...known].map(([key, { name, dosage }]) => `${key} ${name} ${dosage ?? null}`);
          const held = rows
            .filter(
              ({ valid_from, valid_to }) => valid_from <= changedAt && (valid_to === null || changedAt < valid_to),
            )
            .map(({ medication_key: key, medication_name: name, dosage }) => `${key} ${name} ${dosage}`);
          expect(held.sort()).toEqual(expected.sort());
        }
      }),
    );
  });

  test("periods of one key do not overlap, none is empty, and what follows at once differs", () => {
    fc.assert(
      fc.property(states, (input) => {
        const rows = rowsOf(input).toSorted((a, b) =>
          `${a.medication_key} ${a.valid_from}` < `${b.medication_key} ${b.valid_from}` ? -1 : 1,
        );
        rows.forEach((row, i) => {
          if (row.valid_to !== null) expect(row.valid_from < row.valid_to).toBe(true);
          expect(row.is_active).toBe(row.valid_to === null);
          const next = rows[i + 1];
          if (next?.medication_key !== row.medication_key) return;
          expect(row.valid_to !== null && row.valid_to <= next.valid_from).toBe(true);
          const isSame = next.dosage === row.dosage && next.medication_name === row.medication_name;
          if (row.valid_to === next.valid_from) expect(isSame).toBe(false);
        });
      }),
    );
  });
});
