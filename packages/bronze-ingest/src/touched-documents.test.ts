import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileRanges } from "@junoplus/beam-runtime";
import {
  type BronzeTherapySessions,
  bronzeMedications,
  bronzePeriodTracking,
  bronzeTherapySessions,
  bronzeUserHealth,
  type ChangelogContract,
} from "@junoplus/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changelogFiles } from "./changelog-files";
import type { OwnerOf, RowFacts, RowKeysOf } from "./changes";
import { pathParams } from "./document-path";
import { readChange } from "./read-change";
import { writeChangelog } from "./testing/changelog-generator";
import { type TouchedDocument, touchedDocuments } from "./touched-documents";

const directory = mkdtempSync(join(tmpdir(), "touched-documents-"));
afterAll(() => rmSync(directory, { recursive: true }));

async function touchedBy(lines: readonly string[], facts: RowFacts<BronzeTherapySessions> = {}) {
  const path = join(directory, "lines.ndjson");
  writeFileSync(path, lines.join("\n"));
  const touched: TouchedDocument[] = [];
  for await (const each of touchedDocuments(
    bronzeTherapySessions,
    facts,
    fileRanges([{ path, bytes: statSync(path).size }]),
  )) {
    touched.push(each);
  }
  return touched;
}

function line(name: string, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    timestamp: "2024-08-26T10:00:00.000001Z",
    event_id: "e",
    document_name: name,
    operation: "UPDATE",
    data: JSON.stringify({ status: "done" }),
    ...more,
  });
}

const SESSION = "users/u1/therapy_sessions/s1";
const changelog = "therapy_sessions_data";

test("each document is given once, with the user that its path names, whatever its changes hold", async () => {
  const lines = [
    line(SESSION),
    line(`projects/p/databases/d/documents/${SESSION}`, { data: "{" }),
    "",
    line("users/u2/therapy_sessions/s1"),
  ];
  expect(await touchedBy(lines)).toEqual([
    { changelog, document_key: SESSION, user_id: "u1", row_keys: [] },
    { changelog, document_key: "users/u2/therapy_sessions/s1", user_id: "u2", row_keys: [] },
  ]);
});

test("what is no change of a document has the key by which it is known when it comes again, and no user", async () => {
  const lines = ["{", line("devices/d1"), line(SESSION, { timestamp: "soon" })];
  expect(await touchedBy(lines)).toEqual(
    lines.map((each) => ({
      changelog,
      document_key: readChange(bronzeTherapySessions, each).key,
      user_id: null,
      row_keys: [],
    })),
  );
});

test("where a document names its user, each user of whom it ever was is given; a change that gives no row names none", async () => {
  const ownerOf: OwnerOf<BronzeTherapySessions> = (_params, document) => document().status ?? "";
  const lines = [
    line(SESSION),
    line(SESSION, { data: JSON.stringify({ status: "other" }) }),
    line(SESSION, { data: "{" }),
    line(SESSION, { operation: "DELETE", data: JSON.stringify({ status: "of what was deleted" }) }),
  ];
  expect(await touchedBy(lines, { ownerOf })).toEqual(
    ["done", "other", null].map((user_id) => ({ changelog, document_key: SESSION, user_id, row_keys: [] })),
  );
});

test("where documents share rows, the keys of all that one ever gave are given; a change that gives no row has none, and the path's user", async () => {
  const rowKeysOf: RowKeysOf<BronzeTherapySessions> = (document) => (document().status ?? "").split(" ");
  const lines = [
    line(SESSION, { data: JSON.stringify({ status: "a b" }) }),
    line(SESSION, { data: JSON.stringify({ status: "b c" }), event_id: "again" }),
    line(SESSION, { data: JSON.stringify({ status: "b c" }) }),
    line(SESSION, { data: "{" }),
    line(SESSION, { operation: "DELETE", data: JSON.stringify({ status: "of what was deleted" }) }),
  ];
  expect(await touchedBy(lines, { rowKeysOf })).toEqual(
    [["a", "b"], ["b", "c"], []].map((row_keys) => ({ changelog, document_key: SESSION, user_id: "u1", row_keys })),
  );
});

describe("of generated logs with flaws of every kind", () => {
  const log = join(directory, "log");
  beforeAll(async () => {
    await writeChangelog(log, { changes: 4000, seed: 7, messRate: 0.3 });
  });

  const contracts: readonly ChangelogContract[] = [
    bronzeTherapySessions,
    bronzePeriodTracking,
    bronzeMedications,
    bronzeUserHealth,
  ];

  test.each(contracts)(
    "every key under which a change of $prefix is resolved is given, with the path's user, and no other",
    async (contract) => {
      const files = changelogFiles(log, [contract.prefix]);
      const touched: TouchedDocument[] = [];
      for await (const each of touchedDocuments(contract, {}, fileRanges(files))) touched.push(each);
      const lines = files.flatMap(({ path }) => readFileSync(path, "utf8").split("\n")).filter((each) => each !== "");
      const expected = new Map(
        lines.map((each) => {
          const { key, path } = readChange(contract, each);
          return [key, path === null ? null : (pathParams(contract.path, path)["userId"] ?? null)] as const;
        }),
      );
      expect(touched.length).toBe(expected.size);
      expect(new Map(touched.map(({ document_key, user_id }) => [document_key, user_id]))).toEqual(expected);
    },
  );
});
