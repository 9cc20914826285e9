import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Firestore } from "@google-cloud/firestore";
import { type FirestoreReader, openFirestoreReader } from "@junoplus/bronze-ingest/firestore-reader";
import {
  type FirestoreEmulator,
  startFirestoreEmulator,
  withoutFirestoreEmulator,
} from "@junoplus/bronze-ingest/testing/firestore-emulator";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Comparison } from "./comparison";
import { type ImportFile, writeImports } from "./import-files";
import { type ReconciledTable, reconciledTables } from "./reconciled-table";

const place = { project: "juno-imports", database: "(default)" };
const [medications] = reconciledTables(new Set(["silver_medications"])) as [ReconciledTable];
const STAMP = "20260101T000000000000Z";

describe.skipIf(withoutFirestoreEmulator)("imports of documents (an emulator, needs Java)", () => {
  let emulator: FirestoreEmulator;
  let firestore: Firestore;
  let reader: FirestoreReader;
  let directory: string;

  beforeAll(async () => {
    emulator = await startFirestoreEmulator();
    firestore = new Firestore({ projectId: place.project, host: emulator.host, ssl: false });
    const writer = firestore.bulkWriter();
    for (let i = 0; i < 205; i++) void writer.set(firestore.doc(`medications/u${i}`), { medications: [{ name: "M" }] });
    await writer.close();
  }, 300_000);
  afterAll(async () => {
    await firestore?.terminate();
    await emulator?.stop();
  });
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "write-imports-"));
    reader = await openFirestoreReader(place, { emulatorHost: emulator.host });
  });
  afterEach(async () => {
    await reader.close();
    rmSync(directory, { recursive: true });
  });

  /** Writes imports of the documents of these users, of each of whom a row is missing. */
  async function importsOf(users: readonly string[], from: FirestoreReader = reader): Promise<ImportFile | null> {
    const comparison = await Comparison.create();
    try {
      for (const user of users) {
        const path = `medications/${user}`;
        const row = { key: user, shownKey: "{}", content: "c", document: path, place: path };
        const changedAt = "2024-01-01T00:00:00.000000Z";
        await comparison.addLive("silver_medications", { ...row, path, changedAt, index: 0, isSettled: true });
      }
      await comparison.compare();
      return await writeImports(directory, STAMP, from, medications, place, comparison);
    } finally {
      comparison.close();
    }
  }

  test("every document has one line, however many are asked for at once", async () => {
    const users = Array.from({ length: 205 }, (_, i) => `u${i}`);
    const file = await importsOf(users);
    expect(file).toMatchObject({ prefix: "medications_data", changes: 205, gone: 0, outstamped: [] });
    expect(readdirSync(directory)).toEqual([`medications_data_raw_changelog-import-${STAMP}.ndjson`]);
    const names = readFileSync(file?.path ?? "", "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { readonly document_id: string }).document_id);
    expect(names.sort()).toEqual(users.sort());
  });

  test("what was deleted since it was compared is counted, and not imported", async () => {
    expect(await importsOf(["u1", "gone"])).toMatchObject({ changes: 1, gone: 1 });
  });

  test("where nothing is left to import there is no file", async () => {
    expect(await importsOf(["gone"])).toMatchObject({ changes: 0, gone: 1 });
    expect(await importsOf([])).toBeNull();
    expect(readdirSync(directory)).toEqual([]);
  });

  test("a write that breaks leaves no half of a file", async () => {
    const breaks = { ...reader, documents: () => Promise.reject(new Error("the connection broke")) };
    await expect(importsOf(["u1"], breaks)).rejects.toThrow("the connection broke");
    expect(readdirSync(directory)).toEqual([]);
  });
});
