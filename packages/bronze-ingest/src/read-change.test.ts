import {
  bronzeMedications,
  bronzePeriodTracking,
  bronzeTherapySessions,
  type ChangelogContract,
  changelogContracts,
} from "@junoplus/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LoggedChange } from "./change";
import { readChange } from "./read-change";

const ROOT = "projects/juno-demo/databases/(default)/documents";
const PATH = "users/u1/therapy_sessions/s1";
const ROW = {
  timestamp: "2024-08-26T15:33:27.642846Z",
  event_id: "e1",
  document_name: `${ROOT}/${PATH}`,
  operation: "UPDATE",
  data: '{"status":"completed"}',
  old_data: '{"status":"running"}',
  document_id: "s1",
  path_params: '{"userId":"u1"}',
};

function read(row: object, contract: ChangelogContract = bronzeTherapySessions): LoggedChange {
  return readChange(contract, JSON.stringify(row));
}

function readData(contract: ChangelogContract, path: string, data: unknown): LoggedChange {
  return read({ ...ROW, document_name: path, data: JSON.stringify(data) }, contract);
}

describe("a valid change", () => {
  test("is path, time, operation, event id and data, and keeps nothing else", () => {
    expect(read(ROW)).toEqual({
      key: PATH,
      path: PATH,
      timestamp: "2024-08-26T15:33:27.642846Z",
      eventId: "e1",
      operation: "UPDATE",
      data: '{"status":"completed"}',
      id: expect.stringMatching(/^[\w-]{22}$/),
      rejection: null,
      rejectedEntries: [],
      payload: null,
    });
  });

  test("has its commit time in canonical form", () => {
    expect(read({ ...ROW, timestamp: "2024-08-26 15:33:27.6 UTC" }).timestamp).toBe("2024-08-26T15:33:27.600000Z");
  });

  test("may lack old_data, document_id and path_params", () => {
    const { old_data: _old, document_id: _id, path_params: _params, ...row } = ROW;
    expect(read(row).rejection).toBeNull();
  });

  test("has the path of its name, whatever document_id and path_params say", () => {
    expect(read({ ...ROW, document_id: "s9", path_params: '{"userId":"u9"}' }).path).toBe(PATH);
    expect(read({ ...ROW, path_params: "no JSON" }).rejection).toBeNull();
  });

  test.each(["CREATE", "UPDATE", "IMPORT", "DELETE"])("may be a %s", (operation) => {
    expect(read({ ...ROW, operation }).rejection).toBeNull();
  });

  test.each([null, "null", "", "no JSON", '{"status":5}', undefined])("may be a DELETE with the data %j", (data) => {
    expect(read({ ...ROW, operation: "DELETE", data }).rejection).toBeNull();
  });

  test("has no half surrogate pairs in key, event id and data: no file could hold them", () => {
    const { key, eventId, data } = readChange(
      bronzeTherapySessions,
      JSON.stringify({
        ...ROW,
        document_name: "users/u\ud83d/therapy_sessions/s1",
        event_id: "e\ude00",
        data: '{"a":"\ud83d"}',
      }),
    );
    expect([key, eventId, data]).toEqual(["users/u\ufffd/therapy_sessions/s1", "e\ufffd", '{"a":"\ufffd"}']);
  });
});

describe("a change is rejected", () => {
  const without = (column: keyof typeof ROW): object => ({ ...ROW, [column]: undefined });

  test.each([
    ["invalid_json", "a row that is no object", "[]", ": is not a JSON object"],
    ["invalid_json", "a line that is no JSON", "{", ": is not a JSON object"],
    ["invalid_json", "a line of null", "null", ": is not a JSON object"],
    ["breaks_contract", "no timestamp", without("timestamp"), "/timestamp: must be an ISO 8601 instant"],
    [
      "breaks_contract",
      "an unreadable timestamp",
      { ...ROW, timestamp: "soon" },
      "/timestamp: must be an ISO 8601 instant",
    ],
    [
      "breaks_contract",
      "a timestamp that is a number",
      { ...ROW, timestamp: 1724686407 },
      "/timestamp: must be an ISO 8601 instant",
    ],
    ["breaks_contract", "no event id", without("event_id"), "/event_id: must be string"],
    ["breaks_contract", "no document name", without("document_name"), "/document_name: must be string"],
    ["breaks_contract", "no operation", without("operation"), "/operation: must be string"],
    [
      "breaks_contract",
      "data that is no text",
      { ...ROW, data: { status: "completed" } },
      "/data: must be string or null",
    ],
    [
      "missing_key",
      "another collection's name",
      { ...ROW, document_name: "medications/u1" },
      `/document_name: is no document of ${bronzeTherapySessions.path}`,
    ],
    [
      "unknown_operation",
      "an unknown operation",
      { ...ROW, operation: "UPSERT" },
      "/operation: is none of CREATE, UPDATE, DELETE, IMPORT",
    ],
    [
      "unknown_operation",
      "an operation in lower case",
      { ...ROW, operation: "delete" },
      "/operation: is none of CREATE, UPDATE, DELETE, IMPORT",
    ],
    ["breaks_contract", "no data", { ...ROW, data: null }, ": has no data"],
    ["breaks_contract", "no data of an import", { ...ROW, operation: "IMPORT", data: undefined }, ": has no data"],
    ["breaks_contract", "the data null", { ...ROW, data: "null" }, ": must be an object"],
    ["breaks_contract", "the data of a list", { ...ROW, data: "[]" }, ": must be an object"],
    ["invalid_json", "data that is no JSON", { ...ROW, data: '{"status":' }, ": is not JSON"],
    ["invalid_json", "empty data", { ...ROW, data: "" }, ": is not JSON"],
    ["breaks_contract", "a broken document", { ...ROW, data: '{"status":5}' }, "/status: must be string"],
  ])("%s: %s", (reason, _case, row, detail) => {
    const { rejection, rejectedEntries } = typeof row === "string" ? readChange(bronzeTherapySessions, row) : read(row);
    expect(rejection).toEqual({ reason, detail, pointers: [detail.slice(0, detail.indexOf(":"))], isEntry: false });
    expect(rejectedEntries).toEqual([]);
  });

  test("no_date: a period document without a date", () => {
    const { rejection } = readData(bronzePeriodTracking, "users/u1/period_tracking/p1", { status: "active" });
    expect(rejection).toMatchObject({ reason: "no_date", pointers: ["/date"] });
  });

  test("for the first of these reasons: row, columns, name, operation, data, document", () => {
    const faults = [
      ["timestamp", "soon"],
      ["document_name", "elsewhere/u1"],
      ["operation", "UPSERT"],
      ["data", "{"],
    ] as const;
    const reasons = faults.map(
      (_fault, i) => read({ ...ROW, ...Object.fromEntries(faults.slice(i)) }).rejection?.reason,
    );
    expect(reasons).toEqual(["breaks_contract", "missing_key", "unknown_operation", "invalid_json"]);
  });

  test("with all faults of its columns", () => {
    expect(read({ data: 5 }).rejection?.pointers).toEqual([
      "/timestamp",
      "/event_id",
      "/document_name",
      "/operation",
      "/data",
    ]);
  });

  test("with all faults of its document", () => {
    const data = { feedback: { painLevelBefore: 11, painLevelAfter: "3" }, status: 1 };
    expect(readData(bronzeTherapySessions, PATH, data).rejection).toEqual({
      reason: "breaks_contract",
      detail:
        "/status: must be string; /feedback/painLevelBefore: must be <= 10; /feedback/painLevelAfter: must be integer",
      pointers: ["/status", "/feedback/painLevelBefore", "/feedback/painLevelAfter"],
      isEntry: false,
    });
  });

  test("for what is wrong with it, when something is missing, too", () => {
    const { rejection } = readData(bronzePeriodTracking, "users/u1/period_tracking/p1", { pain_level: 11 });
    expect(rejection).toMatchObject({ reason: "breaks_contract", pointers: ["/pain_level"] });
  });

  test("under a key of its own when its document is unknown, so that it decides nothing", () => {
    const keys = [{ ...ROW, timestamp: "soon" }, { ...ROW, document_name: "elsewhere/u1" }, {}].map(
      (row) => read(row).key,
    );
    expect(new Set(keys).size).toBe(3);
    for (const key of keys) expect(key).toMatch(/^\n/);
  });

  test("whatever the line is: reading never throws", () => {
    const lines = fc.oneof(
      fc.string(),
      fc.json(),
      fc.object().map((row) => JSON.stringify({ ...ROW, ...row })),
    );
    fc.assert(
      fc.property(lines, fc.constantFrom(...changelogContracts), (line, contract) => {
        const { rejection, payload, key } = readChange(contract, line);
        expect(rejection === null || payload !== null).toBe(true);
        expect(key).not.toBe("");
      }),
    );
  });
});

describe("an array entry is rejected alone", () => {
  const MEDICATIONS = "medications/u1";

  test("each with its own pointer, and the change stands", () => {
    const change = readData(bronzeMedications, MEDICATIONS, {
      medications: [{ name: "A" }, { dosage: "1" }, { name: "B", dosage: {}, startDate: "soon" }, null],
    });
    expect(change.rejection).toBeNull();
    expect(change.rejectedEntries).toEqual([
      {
        reason: "missing_key",
        detail: "/medications/1/name: is missing",
        pointers: ["/medications/1/name"],
        isEntry: true,
      },
      {
        reason: "breaks_contract",
        detail: "/medications/2/dosage: must be string,number; /medications/2/startDate: must be a iso-instant",
        pointers: ["/medications/2/dosage", "/medications/2/startDate"],
        isEntry: true,
      },
      {
        reason: "breaks_contract",
        detail: "/medications/3: must be object",
        pointers: ["/medications/3"],
        isEntry: true,
      },
    ]);
    expect(JSON.parse(change.payload ?? "")).toEqual({
      ...ROW,
      document_name: MEDICATIONS,
      data: change.data,
      old_data: null,
    });
  });

  test("a day without date has no_date, a broken one breaks the contract", () => {
    const { rejection, rejectedEntries } = readData(bronzePeriodTracking, "users/u1/period_tracking/p1", {
      days: [{ date: "2024-08-19" }, { pain_level: 3 }, { date: "2024-08-20", pain_level: 11 }, { pain_level: 11 }],
    });
    expect(rejection).toBeNull();
    expect(rejectedEntries.map(({ reason, pointers }) => [reason, ...pointers])).toEqual([
      ["no_date", "/days/1/date"],
      ["breaks_contract", "/days/2/pain_level"],
      ["breaks_contract", "/days/3/pain_level"],
    ]);
  });

  test("but not when the document itself is broken: then the change is", () => {
    const { rejection, rejectedEntries } = readData(bronzePeriodTracking, "users/u1/period_tracking/p1", {
      status: 5,
      days: [{ pain_level: 3 }],
    });
    expect(rejection).toMatchObject({ reason: "breaks_contract", isEntry: false });
    expect(rejectedEntries).toEqual([]);
  });

  test("but not when the array is none: then the change is", () => {
    const { rejection } = readData(bronzeMedications, MEDICATIONS, { medications: { name: "A" } });
    expect(rejection).toMatchObject({ reason: "breaks_contract", pointers: ["/medications"] });
  });
});

describe("the identity of a change", () => {
  const id = (changes: object): string => read({ ...ROW, ...changes }).id;

  test.each([
    ["the short document name", { document_name: PATH }],
    ["the name of another project", { document_name: `projects/other/databases/x/documents/${PATH}` }],
    ["another form of the timestamp", { timestamp: "2024-08-26 15:33:27.642846 UTC" }],
    ["another old_data", { old_data: null }],
    ["another document_id and other path_params", { document_id: "x", path_params: null }],
  ])("does not depend on %s", (_case, changes) => {
    expect(id(changes)).toBe(id({}));
  });

  test.each([
    ["path", { document_name: `${ROOT}/users/u1/therapy_sessions/s2` }],
    ["timestamp, by a microsecond", { timestamp: "2024-08-26T15:33:27.642847Z" }],
    ["operation", { operation: "CREATE" }],
    ["event id", { event_id: "e2" }],
    ["data", { data: '{"status": "completed"}' }],
  ])("depends on its %s", (_case, changes) => {
    expect(id(changes)).not.toBe(id({}));
  });

  test("is one for two changes exactly when path, time, operation, event id and data are", () => {
    const text = fc.constantFrom("", "1", "11", "a", "1 1", "+", "-", "UPDATE", "2024-08-26T15:33:27.642846Z");
    const rows = fc.record({
      document_name: text.map((id) => `users/u1/therapy_sessions/s${id}`),
      operation: fc.constantFrom("UPDATE", "UPDATE1", "UPDATE11", "DELETE"),
      event_id: text,
      data: fc.option(text),
    });
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        expect(id(a) === id(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { numRuns: 2000 },
    );
  });

  test("no data is not empty data, nor the text null", () => {
    const ids = [null, "", "null"].map((data) => id({ operation: "DELETE", data }));
    expect(new Set(ids).size).toBe(3);
  });

  test("is that of the line where the row cannot be read", () => {
    expect(readChange(bronzeTherapySessions, "{").id).toBe(readChange(bronzeTherapySessions, "{").id);
    expect(readChange(bronzeTherapySessions, "{").id).not.toBe(readChange(bronzeTherapySessions, "{{").id);
  });

  test("is one for both names of a document of another collection", () => {
    expect(id({ document_name: `${ROOT}/medications/u1` })).toBe(id({ document_name: "medications/u1" }));
  });
});

describe("the payload of a rejected change", () => {
  /** Stands in old_data only; each digit of it is told apart from what any other column holds. */
  const ERASED = "ERASED";

  test("is the change as it came, but for old_data", () => {
    const { payload } = read({ ...ROW, operation: "UPSERT", more: { kept: [1] } });
    expect(JSON.parse(payload ?? "")).toEqual({ ...ROW, operation: "UPSERT", more: { kept: [1] }, old_data: null });
  });

  test("is the whole line where it cannot be parsed and has no old_data", () => {
    const line =
      '{"timestamp":"2024-08-26T15:33:27.642846Z","event_id":"e1","data":"{\\"a\\":\\"old_data\\",\\"old_data\\":\\"b\\"';
    expect(readChange(bronzeTherapySessions, line).payload).toBe(line);
  });

  test.each([
    ["text", '{"old_data":"ERASED","event_id":"e1"', '{"old_data":null,"event_id":"e1"'],
    ["text with quotes", '{"old_data":"{\\"a\\":\\"ERASED\\"}","event_id":"e1"', '{"old_data":null,"event_id":"e1"'],
    ["text with white space around", '{"old_data" : "ERASED" ,"event_id":"e1"', '{"old_data":null ,"event_id":"e1"'],
    ["text that ends in a backslash", '{"old_data":"ERASED\\\\","event_id":"e1"', '{"old_data":null,"event_id":"e1"'],
    ["text that is cut", '{"event_id":"e1","old_data":"{\\"a\\":\\"ERASED', '{"event_id":"e1","old_data":null'],
    ["text that is cut after a backslash", '{"event_id":"e1","old_data":"ERASED\\', '{"event_id":"e1","old_data":null'],
    ["text with a line separator", '{"old_data":"\\\u2028ERASED","event_id":"e1"', '{"old_data":null,"event_id":"e1"'],
    ["text in two rows on one line", '{"old_data":"ERASED"}{"old_data":"ERASED"', '{"old_data":null}{"old_data":null'],
    [
      "text in a torn row before another one",
      '{"old_data":"ERA{"event_id":"e1","old_data":"SED"',
      '{"old_data":nullevent_id":"e1","old_data":null',
    ],
    [
      "text in a torn row right before another old_data",
      '{"old_data":"ERA{"old_data":"ERASED"',
      '{"old_data":null"old_data":null',
    ],
    [
      "an object, and all behind it",
      '{"event_id":"e1","old_data":{"a":"ERASED"},"x":1',
      '{"event_id":"e1","old_data":null',
    ],
    [
      "an object with old_data, and all behind it",
      '{"event_id":"e1","old_data":{"old_data":"a","b":"ERASED"},"x":1',
      '{"event_id":"e1","old_data":null',
    ],
    ["a number, and all behind it", '{"event_id":"e1","old_data":12,"x":1', '{"event_id":"e1","old_data":null'],
    ["null", '{"old_data":null,"event_id":"e1"', '{"old_data":null,"event_id":"e1"'],
    ["text in a list", '[{"old_data":"ERASED"}]', '[{"old_data":null}]'],
  ])("has no old_data of a broken line: %s", (_case, line, payload) => {
    expect(readChange(bronzeTherapySessions, line)).toMatchObject({ rejection: { reason: "invalid_json" }, payload });
  });

  test("has no old_data where a column breaks the contract, be it text or not", () => {
    for (const erased of ["ERASED", { a: "ERASED" }, ["ERASED"]]) {
      const { payload } = read({ ...ROW, data: { status: "completed" }, old_data: erased });
      expect(JSON.parse(payload ?? "")).toEqual({ ...ROW, data: { status: "completed" }, old_data: null });
    }
  });

  test("of megabytes is cut as well", () => {
    const line = `{"event_id":"e1","old_data":"${'{\\"a\\":\\"ERASED\\"},'.repeat(2_000_000)}`;
    expect(readChange(bronzeTherapySessions, line).payload).toBe('{"event_id":"e1","old_data":null');
  });

  test("never has old_data, wherever a line is cut, torn or broken", () => {
    const erased = fc.oneof(
      fc.constantFrom(
        ERASED,
        `\\"${ERASED}\\`,
        `"${ERASED}`,
        `{"old_data":"${ERASED}"}`,
        `${ERASED}"old_data":"${ERASED}`,
      ),
      fc
        .array(fc.constantFrom(ERASED, '"', "\\", "old_data", ":", ",", "{", "}", "\u2028", " "), { minLength: 1 })
        .map((parts) => parts.join("")),
    );
    const { old_data: _old, ...rest } = ROW;
    const data = fc.constantFrom(
      ROW.data,
      '{"old_data":"kept"}',
      '{"note":"\\"old_data\\":\\"kept\\""}',
      '"old_data":"kept"',
      "\\",
    );
    const rows = fc
      .tuple(erased, data, fc.boolean())
      .map(([old_data, newData, isFirst]) =>
        JSON.stringify(isFirst ? { old_data, ...rest, data: newData } : { ...rest, old_data, data: newData }),
      );
    const cuts = fc.tuple(rows, fc.nat(1000)).map(([row, cut]) => row.slice(0, row.length - (cut % row.length)));
    fc.assert(
      fc.property(
        fc.oneof(
          cuts,
          fc.tuple(cuts, rows).map((torn) => torn.join("")),
        ),
        (line) => {
          expect(readChange(bronzeTherapySessions, `${line}?`).payload).not.toContain(ERASED);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test("keeps data that speaks of old_data", () => {
    const data = '{"old_data":"kept","note":"\\"old_data\\":\\"kept\\"","status":5}';
    expect(JSON.parse(read({ ...ROW, data }).payload ?? "")).toEqual({ ...ROW, data, old_data: null });
    const cut = JSON.stringify({ ...ROW, data, old_data: null }).slice(0, -1);
    expect(readChange(bronzeTherapySessions, cut).payload).toBe(cut);
  });
});
