import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type DocumentData, Firestore, Timestamp } from "@google-cloud/firestore";
import { documentPath, importLine } from "@junoplus/bronze-ingest";
import { openFirestoreReader } from "@junoplus/bronze-ingest/firestore-reader";
import {
  type FirestoreEmulator,
  startFirestoreEmulator,
  withoutFirestoreEmulator,
} from "@junoplus/bronze-ingest/testing/firestore-emulator";
import { timestampFromFirestore } from "@junoplus/contracts";
import { silverTables } from "@junoplus/silver-transforms";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliResult, medallion } from "./testing/cli";
import { writeSampleDocuments } from "./testing/live-sample";
import { SAMPLE } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const directory = tempDirectory();
const source = join(directory, "changelog");
const warehouse = `duckdb:${join(directory, "m.duckdb")}`;
const place = { project: "juno-demo", database: "(default)" };

interface Line {
  readonly kind: string;
  readonly table: string;
  readonly document?: string | null;
  readonly key?: unknown;
  readonly rows?: number;
}

interface TableLine {
  readonly documents: Readonly<Record<string, number>>;
  readonly rows: Readonly<Record<string, number>>;
}

/** What a client has written, which no output may show. */
const SECRETS = ["Secret Name", "Naproxen", "Paracetamol", "cramps"];

const rated = (after: unknown) => ({
  sessionInfo: { therapyStartTime: Timestamp.fromDate(new Date("2024-06-01T07:00:00Z")), therapyDuration: 20 },
  feedback: { painLevelBefore: 8, painLevelAfter: after, feedbackCompleted: true },
});
const day = (date: string) => ({ date, cycle_day: 2, flow_intensity: "heavy", symptoms: ["cramps"] });

/** Documents that the log knows. */
const LOGGED: Readonly<Record<string, DocumentData>> = {
  "users/planted/therapy_sessions/kept": rated(3),
  "users/planted/therapy_sessions/deleted": rated(3),
  "users/planted/therapy_sessions/edited": rated(3),
  "users/planted/therapy_sessions/broken": rated(3),
  "user_profiles/planted": { uid: "planted", userName: "Old Name" },
  "user_profiles/gone": { uid: "gone", userName: "Secret Name" },
  "medications/planted": { medications: [{ name: "Ibuprofen" }, { name: "Naproxen" }] },
  "medications/emptied": { medications: [{ name: "Naproxen" }] },
  "users/planted/period_tracking/cycle": { startDate: "2024-06-01", days: [day("2024-06-01"), day("2024-06-02")] },
  "users/planted/period_tracking/day": day("2024-07-01"),
};

describe.skipIf(withoutFirestoreEmulator)(
  "live documents of Firestore against silver (an emulator, needs Java)",
  { timeout: 300_000 },
  () => {
    let emulator: FirestoreEmulator;
    let firestore: Firestore;
    let documents = 0;

    const run = async (): Promise<void> => {
      const given = ["--source", source, "--warehouse", warehouse, "--as-of", "2025-01-01"];
      const { code, stderr } = await medallion(["run", ...given]);
      expect(code, stderr).toBe(0);
    };
    const reconcile = (...args: readonly string[]): Promise<CliResult> => {
      const given = ["--firestore", place.project, "--warehouse", warehouse, "--settle", "0"];
      return medallion(["reconcile", ...given, ...args], { env: { FIRESTORE_EMULATOR_HOST: emulator.host } });
    };
    const lines = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await reconcile("--format", "json", ...args);
      const all = stdout.trimEnd().split("\n");
      const read = all.map((line) => JSON.parse(line) as Line);
      const told = read
        .filter(({ kind }) => ["missing", "extra", "stale"].includes(kind))
        .map(({ kind, table, document, key, rows }) => `${kind} ${table} ${document ?? JSON.stringify(key)} ${rows}`);
      return { code, stdout, stderr, read, differences: told.sort() };
    };
    const tableLines = (read: readonly Line[]) =>
      read.filter(({ kind }) => kind === "table") as unknown as readonly TableLine[];
    const contractOf = (path: string) => {
      const table = silverTables.find(({ from }) => documentPath(from.path, path) !== null);
      if (table === undefined) throw new Error(`${path} is of no collection`);
      return table.from;
    };
    const log = (path: string, line: string): void =>
      appendFileSync(join(source, `${contractOf(path).prefix}_raw_changelog.ndjson`), `${line}\n`);
    /** Deletes a document, and gives the change that the extension writes of it. */
    const deleted = async (path: string): Promise<string> => {
      const { writeTime } = await firestore.doc(path).delete();
      const change = JSON.parse(importLine(contractOf(path), place, { path, data: "null" }, "")) as object;
      const timestamp = timestampFromFirestore(writeTime.seconds, writeTime.nanoseconds);
      return JSON.stringify({ ...change, timestamp, event_id: `event-${path}`, operation: "DELETE", data: null });
    };
    const late: string[] = [];

    beforeAll(async () => {
      cpSync(SAMPLE, source, { recursive: true });
      emulator = await startFirestoreEmulator();
      firestore = new Firestore({ projectId: place.project, host: emulator.host, ssl: false });
      documents = await writeSampleDocuments(firestore);
      const reader = await openFirestoreReader(place, { emulatorHost: emulator.host });
      for (const [path, fields] of Object.entries(LOGGED)) {
        await firestore.doc(path).set(fields);
        const [document] = await reader.documents(contractOf(path).path, [path]);
        if (document !== undefined) log(path, importLine(contractOf(path), place, document, document.updatedAt));
      }
      await reader.close();
      await run();
    }, 600_000);
    afterAll(async () => {
      await firestore?.terminate();
      await emulator?.stop();
    });

    test("of a log that is whole, every live document is in silver as the same rows", async () => {
      const { code, read, differences, stderr } = await lines();
      expect(differences, stderr).toEqual([]);
      expect(code).toBe(0);
      const tables = tableLines(read);
      const sum = (count: (table: TableLine) => number | undefined): number =>
        tables.reduce((total, table) => total + (count(table) ?? 0), 0);
      expect(sum((table) => table.documents["live"])).toBe(documents + Object.keys(LOGGED).length);
      expect(sum(({ rows }) => rows["live"])).toBe(sum(({ rows }) => rows["equal"]));
      expect(sum(({ rows }) => rows["equal"])).toBeGreaterThan(2_500);
      // What is not compared are older states of documents whose newest one breaks its contract.
      expect(sum((table) => table.documents["rejected"])).toBeGreaterThan(0);
      expect(sum(({ rows }) => rows["silver"])).toBe(
        sum(({ rows }) => rows["equal"]) + sum(({ rows }) => rows["not_compared"]),
      );
    });

    test("what the log never told is found, by key; a document that breaks its contract is rejected, and not missing", async () => {
      late.push(await deleted("users/planted/therapy_sessions/deleted"));
      late.push(await deleted("user_profiles/gone"));
      late.push(await deleted("users/planted/period_tracking/cycle"));
      const changed: Readonly<Record<string, DocumentData>> = {
        "users/planted/therapy_sessions/edited": rated(1),
        "users/planted/therapy_sessions/broken": rated("3"),
        "users/planted/therapy_sessions/new": rated(5),
        "clinics/c1/therapy_sessions/elsewhere": rated(5),
        "user_profiles/planted": { uid: "planted", userName: "Secret Name" },
        "medications/planted": { medications: [{ name: "Ibuprofen" }, { name: "Paracetamol" }] },
        "medications/emptied": { medications: [] },
        "users/planted/period_tracking/day": day("2024-07-02"),
      };
      for (const [path, fields] of Object.entries(changed)) await firestore.doc(path).set(fields);
      await run();
      const { code, read, differences, stdout, stderr } = await lines();
      expect(code, stderr).toBe(1);
      expect(differences).toEqual([
        "extra silver_period_tracking users/planted/period_tracking/cycle 2",
        // A day document's row does not tell its document.
        'extra silver_period_tracking {"user_id":"planted"} 1',
        "extra silver_therapy_sessions users/planted/therapy_sessions/deleted 1",
        "extra silver_user_profiles user_profiles/gone 1",
        "missing silver_medications medications/planted 1",
        "missing silver_period_tracking users/planted/period_tracking/day 1",
        "missing silver_therapy_sessions users/planted/therapy_sessions/new 1",
        // Entries that silver holds as current, and that have left the live list.
        "stale silver_medications medications/emptied 1",
        "stale silver_medications medications/planted 1",
        "stale silver_therapy_sessions users/planted/therapy_sessions/edited 1",
        "stale silver_user_profiles user_profiles/planted 1",
      ]);
      const path = "users/planted/therapy_sessions/broken";
      expect(read.filter(({ document }) => document === path)).toEqual([
        {
          kind: "rejected",
          table: "silver_therapy_sessions",
          document: path,
          reason: "breaks_contract",
          pointers: ["/feedback/painLevelAfter"],
          detail: expect.stringContaining("/feedback/painLevelAfter: must be integer"),
          is_entry: false,
        },
      ]);
      expect(tableLines(read).map((table) => table.documents["skipped"])).toEqual([0, 0, 1, 0]);
      const text = await reconcile();
      expect(text.stdout).toContain("12 rows differ: 3 missing, 5 extra, 4 stale");
      for (const shown of [stdout, stderr, text.stdout, text.stderr]) {
        for (const secret of SECRETS) expect(shown.toLowerCase()).not.toContain(secret.toLowerCase());
      }
    });

    test("imports are written as the extension's rows for what is missing and stale, and a run mends it with them", async () => {
      const { code, stdout } = await reconcile("--write-imports", source);
      expect(code).toBe(1);
      expect(stdout).toContain(`put it beside the change logs in ${source}`);
      const files = readdirSync(source).filter((name) => name.includes("import"));
      expect(files).toHaveLength(4);
      for (const file of files) expect(statSync(join(source, file)).mode & 0o077).toBe(0);
      const paths = files.flatMap((file) =>
        readFileSync(join(source, file), "utf8")
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as Readonly<Record<string, string>>)
          .map(
            ({ operation, event_id, document_name }) =>
              `${operation} ${event_id}${document_name?.split("/documents/")[1]}`,
          ),
      );
      expect(paths.sort()).toEqual([
        "IMPORT medications/emptied",
        "IMPORT medications/planted",
        "IMPORT user_profiles/planted",
        "IMPORT users/planted/period_tracking/day",
        "IMPORT users/planted/therapy_sessions/edited",
        "IMPORT users/planted/therapy_sessions/new",
      ]);
      await run();
      expect((await lines()).differences).toEqual([
        "extra silver_period_tracking users/planted/period_tracking/cycle 2",
        "extra silver_therapy_sessions users/planted/therapy_sessions/deleted 1",
        "extra silver_user_profiles user_profiles/gone 1",
      ]);
    });

    test("deletions that arrive late take out what is extra; then both are equal, and nothing is left to import", async () => {
      for (const line of late) log(JSON.parse(line).document_name.split("/documents/")[1], line);
      await run();
      const nowhere = join(directory, "nothing");
      const { code, stdout, stderr } = await reconcile("--write-imports", nowhere);
      expect(code, stdout + stderr).toBe(0);
      expect(stdout).toContain("Firestore and silver are equal");
      expect(existsSync(nowhere) ? readdirSync(nowhere) : []).toEqual([]);
    });

    test("who is deleted after the import stays deleted, however often the import is read", async () => {
      const path = "users/planted/therapy_sessions/new";
      log(path, await deleted(path));
      await run();
      const { code, differences } = await lines();
      expect(differences).toEqual([]);
      expect(code).toBe(0);
    });

    test("what was written after the run is not compared until a run has had the chance to read it", async () => {
      await firestore.doc("users/planted/therapy_sessions/later").set(rated(2));
      const before = await lines();
      expect(before.differences).toEqual([]);
      expect(tableLines(before.read).map((table) => table.documents["unsettled"])).toEqual([0, 0, 1, 0]);
      await run();
      const after = await lines("--tables", "silver_therapy_sessions");
      expect(after.differences).toEqual(["missing silver_therapy_sessions users/planted/therapy_sessions/later 1"]);
      const settling = await lines("--tables", "silver_therapy_sessions", "--settle", "600");
      expect(settling.differences).toEqual([]);
    });

    test("a table that no run has published, and a Firestore that is not there, are told with what to do", async () => {
      const other = `duckdb:${join(directory, "other.duckdb")}`;
      const made = await medallion(["run", "--source", SAMPLE, "--warehouse", other, "--tables", "silver_medications"]);
      expect(made.code, made.stderr).toBe(0);
      const unpublished = await medallion(["reconcile", "--firestore", "p1", "--warehouse", other], {
        env: { FIRESTORE_EMULATOR_HOST: emulator.host },
      });
      expect(unpublished.code).toBe(2);
      expect(unpublished.stderr).toContain(
        `error: ${other} has no published silver_user_profiles: medallion run makes it`,
      );
      expect(unpublished.stderr).not.toContain("silver_medications:");
      const unreached = await medallion(["reconcile", "--firestore", "p1", "--warehouse", warehouse], {
        env: { FIRESTORE_EMULATOR_HOST: "127.0.0.1:9" },
      });
      expect(unreached.code).toBe(1);
      expect(unreached.stderr).toContain("error: Firestore p1/(default): the emulator at 127.0.0.1:9 was not reached.");
      expect(unreached.stderr).not.toMatch(/\n\s+at /);
    });
  },
);
