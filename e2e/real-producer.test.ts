import { ChangeType } from "@firebaseextensions/firestore-bigquery-change-tracker";
import { GeoPoint, Timestamp } from "@google-cloud/firestore";
import { userAnalyticsV1, userHealthDashboardV1 } from "@junoplus/contracts";
import { bigQueryClient } from "@junoplus/warehouse/bigquery-client";
import {
  type BigQueryEmulator,
  startBigQueryEmulator,
  withoutBigQueryEmulator,
} from "@junoplus/warehouse/testing/bigquery-emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliResult, medallion } from "./testing/cli";
import {
  type ExtensionEvent,
  type ExtensionWriter,
  extensionEvent,
  startExtensionWriter,
} from "./testing/extension-writer";
import { rowsOf } from "./testing/published-tables";

describe.skipIf(withoutBigQueryEmulator)("the extension's own writer (BigQuery emulator, needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  let writer: ExtensionWriter;

  function change(operation: ChangeType, path: string, second: number, data: object | null, oldData?: object) {
    const timestamp = new Date(Date.UTC(2024, 0, 10, 8, 0, second)).toISOString();
    return extensionEvent(
      operation,
      { project: "juno", path, timestamp, eventId: `event-${path}-${second}` },
      data,
      oldData,
    );
  }

  const record = (prefix: string, ...events: readonly ExtensionEvent[]): Promise<void> =>
    writer.record(prefix, ...events);

  const session = (user: string, day: number, before: number, after: number) => ({
    deviceInformation: { deviceId: "d1", deviceName: "Juno Grand", deviceType: "wearable" },
    sessionInfo: {
      therapyStartTime: Timestamp.fromDate(new Date(Date.UTC(2024, 0, day, 7))),
      therapyEndTime: new Timestamp(Date.UTC(2024, 0, day, 7, 20) / 1000, 123_456_789),
      therapyDuration: 20,
    },
    place: new GeoPoint(1, 2),
    status: "completed",
    feedback: { painLevelBefore: before, painLevelAfter: after, feedbackCompleted: true },
    user,
  });

  const run = (): Promise<CliResult> => {
    const env = {
      BIGQUERY_EMULATOR_HOST: emulator.endpoint,
      BIGQUERY_STORAGE_EMULATOR_HOST: emulator.grpcEndpoint,
    };
    const args = ["--source", "bigquery:p1.extension", "--warehouse", "bigquery:p1", "--as-of", "2024-02-01"];
    return medallion(["run", ...args], { env });
  };

  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
    const { api } = bigQueryClient({ project: emulator.project, location: "US" }, emulator.endpoint);
    writer = await startExtensionWriter(emulator, "extension");

    const first = session("u1", 8, 8, 6);
    const mended = session("u1", 8, 8, 2);
    const create = change(ChangeType.CREATE, "users/u1/therapy_sessions/s1", 1, first);
    const update = change(ChangeType.UPDATE, "users/u1/therapy_sessions/s1", 2, mended, first);
    // The update comes before what it changes.
    await record("therapy_sessions_data", update, create);
    // BigQuery remembers the id of an insert for about a minute; what is delivered again after that is a row again.
    const log = "extension.therapy_sessions_data_raw_changelog";
    await api.query(`INSERT INTO ${log} SELECT * FROM ${log} WHERE event_id = "${create.eventId}"`);
    await record(
      "therapy_sessions_data",
      change(ChangeType.CREATE, "users/u1/therapy_sessions/s2", 3, session("u1", 9, 5, 5)),
      change(ChangeType.DELETE, "users/u1/therapy_sessions/s2", 4, null, session("u1", 9, 5, 5)),
      change(ChangeType.IMPORT, "users/u1/therapy_sessions/s3", 0, session("u1", 9, 6, 3)),
      change(ChangeType.CREATE, "users/u2/therapy_sessions/s4", 5, {
        ...session("u2", 9, 4, 1),
        feedback: { painLevelBefore: "4" },
      }),
    );
    const born = Timestamp.fromDate(new Date(Date.UTC(1990, 5, 1)));
    await record(
      "user_health_data",
      change(ChangeType.CREATE, "user_profiles/u1", 1, { uid: "u1", userName: "A Name", dateOfBirth: born }),
    );
    await record(
      "medications_data",
      change(ChangeType.CREATE, "medications/u1", 1, { medications: [{ name: "Ibuprofen", dosage: 200 }] }),
    );
    const day = { date: "2024-01-08T00:00:00.000Z", cycle_day: 2, flow_intensity: "heavy" };
    await record("period_tracking_data", change(ChangeType.CREATE, "users/u1/period_tracking/p1", 1, day));
  }, 600_000);
  afterAll(() => emulator?.stop());

  test("what it writes is read, ordered, rejected and published, and the dashboard shows it", async () => {
    const { code, stdout, stderr } = await run();
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("rejected");
    const options = { bigQueryEndpoint: emulator.endpoint };
    const { user_health_dashboard_v1: dashboard, user_analytics_v1: analytics } = await rowsOf(
      "bigquery:p1",
      [userHealthDashboardV1, userAnalyticsV1],
      options,
    );
    // s1 as it was mended (8 to 2), s3 as it was imported (6 to 3); s2 was deleted, s4 breaks its contract.
    expect(dashboard).toMatchObject([
      {
        user_id: "u1",
        age_group: "25-34",
        total_sessions: 2,
        avg_duration: 20,
        avg_effectiveness: (6 / 8 + 3 / 6) / 2,
      },
    ]);
    expect(analytics).toMatchObject([{ user_id: "u1", avg_pain_reduction: 4.5, rated_sessions: 2 }]);
  });

  test("the ledger accounts for every row that was written", async () => {
    const { api } = bigQueryClient({ project: emulator.project, location: "US" }, emulator.endpoint);
    const [[ledger]] = await api.query(
      "SELECT changes_read, duplicates, superseded, deleted, rejected, current_documents FROM junoplus_analytics_quality.runs WHERE table_name = 'silver_therapy_sessions'",
    );
    const [[written]] = await api.query("SELECT COUNT(*) AS n FROM extension.therapy_sessions_data_raw_changelog");
    expect(written).toEqual({ n: 7 });
    const counts = { duplicates: 1, superseded: 2, deleted: 1, rejected: 1, current_documents: 2 };
    expect(ledger).toEqual({ changes_read: 7, ...counts });
  });
});
