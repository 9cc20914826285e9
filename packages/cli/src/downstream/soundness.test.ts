import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DirectRunner } from "@junoplus/beam-runtime";
import { changelogContracts, tableContracts } from "@junoplus/contracts";
import { documentSchema } from "@junoplus/contracts/testing/any-document";
import { goldRows } from "@junoplus/gold-aggregates/testing/gold-rows";
import type { SilverRows } from "@junoplus/gold-aggregates/testing/silver-rows";
import { describe, expect, test } from "vitest";
import { medallion } from "../medallion-pipeline";
import { downstreamOf, fieldUses } from "./downstream";
import {
  type Documents,
  fieldsOf,
  type Json,
  type Mutation,
  mutated,
  mutatedRows,
  sampleDocuments,
} from "./testing/field-mutations";

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

type Tables = ReadonlyMap<string, ReadonlyMap<string, Json>>;

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
      medallion({
        runId: "soundness",
        asOf: instant,
        startedAt: instant,
        files,
        stagingDirectory,
        tables,
        keepsState: false,
        earlier: null,
      }),
    );
    return new Map(DERIVED.map(({ table, key }) => [table, rowsByKey(join(stagingDirectory, table), key)]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rowsByKey(folder: string, key: readonly string[]): ReadonlyMap<string, Json> {
  const rows = readdirSync(folder)
    .flatMap((shard) => readFileSync(join(folder, shard), "utf8").trimEnd().split("\n"))
    .map((line) => JSON.parse(line) as Json);
  return keyed(rows, key);
}

function keyed(rows: readonly Json[], key: readonly string[]): ReadonlyMap<string, Json> {
  return new Map(rows.map((row) => [JSON.stringify(key.map((column) => row[column])), row]));
}

/** Columns that differ; `*` where a row is there on one side only. */
function changedColumns(before: Tables, after: Tables): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const [table, rows] of before) {
    const others = after.get(table) ?? new Map<string, Json>();
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

/** The silver tables by the names under which gold takes them. */
const SILVER = {
  sessions: "silver_therapy_sessions",
  profiles: "silver_user_profiles",
  medications: "silver_medications",
  periodTracking: "silver_period_tracking",
} as const;

async function goldTablesOf(silver: Readonly<Record<string, readonly Json[]>>): Promise<Tables> {
  const rows = Object.fromEntries(Object.entries(SILVER).map(([name, table]) => [name, silver[table] ?? []]));
  const gold = await goldRows(rows as Partial<SilverRows>);
  const byTable = {
    ml_training_base_v2: gold.mlTrainingBase,
    user_analytics_v1: gold.userAnalytics,
    daily_metrics_v1: gold.dailyMetrics,
    gold_therapy_effectiveness: gold.therapyEffectiveness,
  };
  return new Map(
    Object.entries(byTable).map(([table, found]) => {
      const key = tableContracts.find((contract) => contract.table === table)?.key ?? [];
      return [table, keyed(found as unknown as readonly Json[], key)];
    }),
  );
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

describe.each(Object.values(SILVER))("%s", (table) => {
  test("every gold column that a changed column changes is downstream of it", { timeout: 900_000 }, async () => {
    const tables = await tablesOf(sampleDocuments());
    const silver = Object.fromEntries(
      Object.values(SILVER).map((name) => [name, [...(tables.get(name) ?? new Map<string, Json>()).values()]]),
    );
    const before = await goldTablesOf(silver);
    const silent: string[] = [];
    for (const field of fieldsOf(documentSchema(table))) {
      const seen = new Set<string>();
      for (const run of RUNS) {
        const rows = mutatedRows(silver[table] ?? [], field, run);
        if (rows === null) continue;
        for (const column of changedColumns(before, await goldTablesOf({ ...silver, [table]: rows }))) seen.add(column);
      }
      const isDownstream = readersOf(table, field.pointer);
      expect([field.pointer, [...seen].filter((column) => !isDownstream(column))]).toEqual([field.pointer, []]);
      if (seen.size === 0) silent.push(field.pointer);
    }
    const inGold = (pointer: string) =>
      downstreamOf(uses, table, pointer).some(({ reader }) => reader.kind === "column");
    // As above: what no run showed must be what no column reads.
    expect(silent.filter(inGold)).toEqual([]);
  });
});
