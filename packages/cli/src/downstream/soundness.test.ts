import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DirectRunner } from "@junoplus/beam-runtime";
import { changelogContracts, tableContracts } from "@junoplus/contracts";
import { documentSchema } from "@junoplus/contracts/testing/any-document";
import { describe, expect, test } from "vitest";
import { medallion } from "../medallion-pipeline";
import { downstreamOf, fieldUses } from "./downstream";
import { type Documents, fieldsOf, type Mutation, mutated, sampleDocuments } from "./testing/field-mutations";

/**
 * Every field of every change log is changed in a real run, in all documents, in one, and taken out; whatever column
 * differs afterwards must be downstream of the field. Left out: changes that the contract rejects (its own doing, not the
 * transforms'), and views, which are SQL over the tables that are held here.
 */
const RUNS: readonly Mutation[] = ["all changed", "one changed", "some absent"];
const DERIVED = tableContracts.filter(
  ({ layer, kind }) => (layer === "silver" || layer === "gold") && kind === "table",
);
const uses = fieldUses(__dirname);
const logs = changelogContracts.filter(({ prefix }) => prefix in sampleDocuments());

type Tables = ReadonlyMap<string, ReadonlyMap<string, Record<string, unknown>>>;

async function tablesOf(documents: Documents): Promise<Tables> {
  const folder = mkdtempSync(join(tmpdir(), "downstream-soundness-"));
  try {
    const files = Object.entries(documents).map(([prefix, changes]) => {
      const path = join(folder, `${prefix}_raw_changelog.ndjson`);
      const text = changes.map((change) => `${JSON.stringify(change)}\n`).join("");
      writeFileSync(path, text);
      return { prefix, path, bytes: Buffer.byteLength(text) };
    });
    const stagingDirectory = join(folder, "staging");
    mkdirSync(stagingDirectory);
    const instant = "2024-09-01T00:00:00.000000Z";
    const tables = new Set(DERIVED.map(({ table }) => table));
    await new DirectRunner().run(
      medallion({ runId: "soundness", asOf: instant, startedAt: instant, files, stagingDirectory, tables }),
    );
    return new Map(DERIVED.map(({ table, key }) => [table, rowsByKey(join(stagingDirectory, table), key)]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rowsByKey(folder: string, key: readonly string[]): ReadonlyMap<string, Record<string, unknown>> {
  const rows = readdirSync(folder)
    .flatMap((shard) => readFileSync(join(folder, shard), "utf8").trimEnd().split("\n"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return new Map(rows.map((row) => [JSON.stringify(key.map((column) => row[column])), row]));
}

/** Columns that differ; `*` where a row is there on one side only. */
function changedColumns(before: Tables, after: Tables): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const [table, rows] of before) {
    const others = after.get(table) ?? new Map<string, Record<string, unknown>>();
    for (const key of new Set([...rows.keys(), ...others.keys()])) {
      const [row, other] = [rows.get(key), others.get(key)];
      if (row === undefined || other === undefined) {
        changed.add(`${table}.*`);
        continue;
      }
      for (const column of Object.keys(row)) {
        if (JSON.stringify(row[column]) !== JSON.stringify(other[column])) changed.add(`${table}.${column}`);
      }
    }
  }
  return changed;
}

function readersOf(contract: string, pointer: string): (column: string) => boolean {
  const readers = new Set(downstreamOf(uses, contract, pointer).map(({ reader }) => reader.name));
  return (column) => readers.has(column) || readers.has(`${column.split(".")[0]}.*`);
}

describe.each(logs.map(({ table, prefix }) => [table, prefix] as const))("%s", (contract, prefix) => {
  test("every column that a changed field changes is downstream of it", { timeout: 900_000 }, async () => {
    const before = await tablesOf(sampleDocuments());
    const silent: string[] = [];
    for (const field of fieldsOf(documentSchema(contract))) {
      const seen = new Set<string>();
      for (const run of RUNS) {
        const documents = mutated(sampleDocuments(), prefix, field, run);
        if (documents === null) continue;
        for (const column of changedColumns(before, await tablesOf(documents))) seen.add(column);
      }
      const isDownstream = readersOf(contract, field.pointer);
      expect([field.pointer, [...seen].filter((column) => !isDownstream(column))]).toEqual([field.pointer, []]);
      if (seen.size === 0) silent.push(field.pointer);
    }
    // A field that no run changed anything by must be one that nobody reads, or this test has seen nothing of it.
    expect(silent.filter((pointer) => downstreamOf(uses, contract, pointer).length > 0)).toEqual([]);
  });
});
