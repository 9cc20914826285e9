import { join } from "node:path";
import { ChangeType } from "@firebaseextensions/firestore-bigquery-change-tracker";
import type { BigQuery } from "@google-cloud/bigquery";
import { type DocumentData, Firestore, GeoPoint, Timestamp } from "@google-cloud/firestore";
import { documentPath } from "@junoplus/bronze-ingest";
import {
  type FirestoreEmulator,
  startFirestoreEmulator,
  withoutFirestoreEmulator,
} from "@junoplus/bronze-ingest/testing/firestore-emulator";
import { timestampFromFirestore } from "@junoplus/contracts";
import { silverTables } from "@junoplus/silver-transforms";
import { bigQueryClient } from "@junoplus/warehouse/bigquery-client";
import {
  type BigQueryEmulator,
  startBigQueryEmulator,
  withoutBigQueryEmulator,
} from "@junoplus/warehouse/testing/bigquery-emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliResult, medallion } from "./testing/cli";
import { type ExtensionWriter, extensionEvent, startExtensionWriter } from "./testing/extension-writer";
import { tempDirectory } from "./testing/temp-directory";

const directory = tempDirectory();
const project = "juno";

describe.skipIf(withoutBigQueryEmulator || withoutFirestoreEmulator)(
  "Firestore, the extension's writer, BigQuery, and back (emulators, need Java and Python 3.13)",
  () => {
    let bigQuery: BigQueryEmulator;
    let emulator: FirestoreEmulator;
    let firestore: Firestore;
    let api: BigQuery;
    let writer: ExtensionWriter;
    let events = 0;

    const contractOf = (path: string) => {
      const table = silverTables.find(({ from }) => documentPath(from.path, path) !== null);
      if (table === undefined) throw new Error(`${path} is of no collection`);
      return table.from;
    };
    /** Writes a document, or deletes it (null), and gives the event that the extension's function is called with. */
    const written = async (path: string, fields: DocumentData | null) => {
      const reference = firestore.doc(path);
      const before = (await reference.get()).data();
      const { writeTime } = fields === null ? await reference.delete() : await reference.set(fields);
      const after = (await reference.get()).data();
      const timestamp = timestampFromFirestore(writeTime.seconds, writeTime.nanoseconds) ?? "";
      const operation =
        after === undefined ? ChangeType.DELETE : before === undefined ? ChangeType.CREATE : ChangeType.UPDATE;
      events += 1;
      return extensionEvent(operation, { project, path, timestamp, eventId: `event-${events}` }, after ?? null, before);
    };
    const logged = async (path: string, fields: DocumentData | null): Promise<void> =>
      writer.record(contractOf(path).prefix, await written(path, fields));
    /** What the extension's import of existing documents writes, which it stamps with 1970. */
    const imported = async (path: string): Promise<void> => {
      const facts = { project, path, timestamp: new Date(0).toISOString(), eventId: "" };
      const data = (await firestore.doc(path).get()).data() ?? null;
      await writer.record(contractOf(path).prefix, extensionEvent(ChangeType.IMPORT, facts, data));
    };
    const rated = (after: unknown): DocumentData => ({
      deviceInformation: { deviceId: "d1", deviceName: "Juno Grand", deviceType: "wearable" },
      sessionInfo: {
        therapyStartTime: new Timestamp(1_704_700_800, 123_456_789),
        therapyEndTime: new Timestamp(1_704_702_000, 0),
        therapyDuration: 20,
      },
      place: new GeoPoint(1, 2),
      photo: Buffer.from("not for the log"),
      of: firestore.doc("users/u1"),
      feedback: { painLevelBefore: 8, painLevelAfter: after, feedbackCompleted: true },
    });
    const day = (date: string): DocumentData => ({ date, cycle_day: 2, flow_intensity: "heavy" });

    const run = async (): Promise<void> => {
      const env = { BIGQUERY_EMULATOR_HOST: bigQuery.endpoint, BIGQUERY_STORAGE_EMULATOR_HOST: bigQuery.grpcEndpoint };
      const given = ["--source", "bigquery:p1.extension", "--warehouse", "bigquery:p1"];
      const { code, stderr } = await medallion(["run", ...given], { env });
      expect(code, stderr).toBe(0);
    };
    const reconcile = (...args: readonly string[]): Promise<CliResult> => {
      const given = ["--firestore", project, "--warehouse", "bigquery:p1", "--settle", "0", "--format", "json"];
      const env = { BIGQUERY_EMULATOR_HOST: bigQuery.endpoint, FIRESTORE_EMULATOR_HOST: emulator.host };
      return medallion(["reconcile", ...given, ...args], { env });
    };
    const differences = ({ stdout }: CliResult): readonly string[] =>
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { readonly kind: string; readonly document: string })
        .flatMap(({ kind, document }) => (/^(missing|extra|stale)$/.test(kind) ? [`${kind} ${document}`] : []))
        .sort();

    beforeAll(async () => {
      [bigQuery, emulator] = [await startBigQueryEmulator(), await startFirestoreEmulator()];
      api = bigQueryClient({ project: bigQuery.project, location: "US" }, bigQuery.endpoint).api;
      firestore = new Firestore({ projectId: project, host: emulator.host, ssl: false });
      writer = await startExtensionWriter(bigQuery, "extension");

      // The update comes before what it changes.
      const create = await written("users/u1/therapy_sessions/s1", rated(6));
      const update = await written("users/u1/therapy_sessions/s1", rated(2));
      await writer.record("therapy_sessions_data", update, create);
      await logged("users/u1/therapy_sessions/s2", rated(5));
      await logged("users/u1/therapy_sessions/s2", null);
      await firestore.doc("users/u1/therapy_sessions/s3").set(rated(3));
      await imported("users/u1/therapy_sessions/s3");
      await logged("users/u2/therapy_sessions/s4", rated("4"));
      await logged("user_profiles/u1", { uid: "u1", userName: "A Name", dateOfBirth: new Timestamp(644_198_400, 0) });
      await logged("medications/u1", { medications: [{ name: "Ibuprofen" }] });
      await logged("medications/u1", { medications: [{ name: "Ibuprofen", dosage: 200 }, { name: "Magnesium" }] });
      await logged("users/u1/period_tracking/p1", day("2024-01-08"));
      await logged("users/u1/period_tracking/p2", { startDate: "2024-02-05", days: [day("2024-02-05")] });
      // BigQuery remembers the id of an insert for about a minute; what is delivered again after that is a row again.
      for (const prefix of ["therapy_sessions_data", "medications_data"]) {
        const log = `extension.${prefix}_raw_changelog`;
        await api.query(`INSERT INTO ${log} SELECT * FROM ${log}`);
      }
      await run();
    }, 600_000);
    afterAll(async () => {
      await firestore?.terminate();
      await emulator?.stop();
      await bigQuery?.stop();
    });

    test("what Firestore holds came through the extension's log into silver, whole", async () => {
      const compared = await reconcile();
      expect(differences(compared), compared.stderr).toEqual([]);
      expect(compared.code).toBe(0);
      // Sessions s1, s3; a profile; two medications; two days. The session that breaks its contract is rejected.
      const tables = compared.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(tables.flatMap(({ kind, rows }) => (kind === "table" ? [rows.equal] : []))).toEqual([2, 2, 2, 1]);
      expect(tables.flatMap(({ kind, document }) => (kind === "rejected" ? [document] : []))).toEqual([
        "users/u2/therapy_sessions/s4",
      ]);
    });

    test("changes that the extension never wrote are found, and imports loaded into its tables mend them", async () => {
      const unlogged: Readonly<Record<string, DocumentData>> = {
        "users/u1/therapy_sessions/s3": rated(1),
        "users/u1/therapy_sessions/s5": rated(4),
        "medications/u1": { medications: [{ name: "Ibuprofen", dosage: 200 }] },
      };
      for (const [path, fields] of Object.entries(unlogged)) await firestore.doc(path).set(fields);
      const deletion = await written("users/u1/therapy_sessions/s1", null);
      await run();
      const compared = await reconcile("--write-imports", directory);
      expect(compared.code, compared.stderr).toBe(1);
      expect(differences(compared)).toEqual([
        "extra users/u1/therapy_sessions/s1",
        "missing users/u1/therapy_sessions/s5",
        "stale medications/u1",
        "stale users/u1/therapy_sessions/s3",
      ]);

      const text = await reconcile("--format", "text", "--write-imports", join(directory, "again"));
      const loads = [...text.stdout.matchAll(/bq load --source_format=(\w+) p1:extension\.(\w+) (\S+)/g)];
      expect(loads.map(([, , table]) => table)).toEqual([
        "medications_data_raw_changelog",
        "therapy_sessions_data_raw_changelog",
      ]);
      for (const [, sourceFormat = "", table = "", file = ""] of loads) {
        await api.dataset("extension").table(table).load(file, { sourceFormat, writeDisposition: "WRITE_APPEND" });
      }
      await run();
      const mended = await reconcile();
      expect(differences(mended)).toEqual(["extra users/u1/therapy_sessions/s1"]);

      await writer.record("therapy_sessions_data", deletion);
      await run();
      const equal = await reconcile();
      expect(differences(equal)).toEqual([]);
      expect(equal.code).toBe(0);
    }, 600_000);
  },
);
