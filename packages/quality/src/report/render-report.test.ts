import {
  dailyMetricsV1,
  dataFreshness,
  dataQualityMetrics,
  rejectedChanges,
  rowCountTracking,
  runs,
  silverTherapySessions,
} from "@junoplus/contracts";
import { openDuckDb, type Row, type Warehouse } from "@junoplus/warehouse";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyWarehouse, published } from "../testing/rows";
import { renderReport } from "./render-report";

/** What a reader reads: no markup, no charts, blanks made single. */
function read(page: string): string {
  return page
    .replace(/<(style|svg)[\s\S]*?<\/\1>/g, " ")
    .replace(/<wbr>/g, "")
    .replace(/<\/(td|th|li|dt|dd|p|h\d|summary|caption)>/g, " | ")
    .replace(/<[^>]+>/g, "")
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .replace(/\s+/g, " ")
    .replace(/( \|)+/g, " |");
}

const at = (day: string, time = "06:00:00") => `${day}T${time}.000000Z`;

function ledgerRow(run: string, day: string, table: string, columns: Row = {}): Row {
  return {
    ...{
      run_id: run,
      table_name: table,
      layer: table.startsWith("silver") ? "silver" : "gold",
      contract_version: "1.0.0",
    },
    ...{ source: "changelog/", runner: "direct", status: "published", as_of: at(day, "00:00:00") },
    ...{ started_at: at(day), checked_at: at(day, "06:01:12"), ...columns },
  };
}

const FLOW = {
  changelog: "therapy_sessions_data",
  ...{ changes_read: 12000, duplicates: 100, superseded: 8000, deleted: 300, rejected: 600, current_documents: 3000 },
  ...{ rejected_entries: 0, rows_written: 3000 },
};

function countRow(run: string, day: string, table: string, rows: number, columns: Row = {}): Row {
  return { run_id: run, table_name: table, row_count: rows, checked_at: at(day, "06:01:12"), ...columns };
}

function checkRow(run: string, metric: string, columns: Row = {}): Row {
  return {
    ...{ run_id: run, table_name: "silver_therapy_sessions", metric_name: metric, description: `${metric} is kept` },
    ...{ metric_value: 0, threshold: 0, status: "PASS", checked_at: at("2024-06-10", "06:01:12"), ...columns },
  };
}

function rejectedRow(hash: string, detail: string, columns: Row = {}): Row {
  return {
    ...{ run_id: "r2", table_name: "therapy_sessions_data", document_path: "users/secret-user/therapy_sessions/s9" },
    ...{ reason: "breaks_contract", contract_version: "1.0.0", change_hash: hash, detail, pointers: [], ...columns },
  };
}

describe("a published run", () => {
  let warehouse: Warehouse;
  let page: string;
  let text: string;
  beforeAll(async () => {
    warehouse = await emptyWarehouse();
    await published(warehouse, runs, [
      ledgerRow("r1", "2024-06-09", "silver_therapy_sessions", { ...FLOW, rows_written: 2000 }),
      ledgerRow("r2", "2024-06-10", "silver_therapy_sessions", FLOW),
      ledgerRow("r2", "2024-06-10", "daily_metrics_v1", { rows_written: 4 }),
    ]);
    await published(warehouse, rowCountTracking, [
      countRow("r1", "2024-06-09", "silver_therapy_sessions", 2000),
      countRow("r2", "2024-06-10", "silver_therapy_sessions", 3200, {
        ...{ previous_row_count: 2000, change_pct: 0.6, is_anomaly: true },
      }),
      countRow("r2", "2024-06-10", "daily_metrics_v1", 4),
    ]);
    await published(warehouse, dataQualityMetrics, [
      checkRow("r1", "of_another_run", { status: "FAIL" }),
      checkRow("r2", "key_unique"),
      checkRow("r2", "row_count_change", { status: "WARN", metric_value: 0.6, threshold: 0.5 }),
      checkRow("r2", "hours_stale", { status: "FAIL", metric_value: null, threshold: 48 }),
    ]);
    await published(warehouse, dataFreshness, [
      {
        ...{ run_id: "r2", table_name: "silver_therapy_sessions", layer: "silver", status: "WARN", hours_stale: 51.25 },
        last_updated: at("2024-06-08", "02:46:12"),
      },
    ]);
    await published(warehouse, rejectedChanges, [
      rejectedRow("h1", "/feedback/painLevelBefore: must be <= 10"),
      rejectedRow("h2", "/feedback/painLevelBefore: must be <= 10; /sessionInfo/therapyDuration: must be integer"),
      rejectedRow("h3", ": is not JSON", { reason: "invalid_json" }),
      rejectedRow("h4", "/medications/0/name: is missing", {
        ...{ table_name: "medications_data", reason: "missing_key", is_entry: true },
      }),
      rejectedRow("h5", "/medications/3/name: is missing", {
        ...{ table_name: "medications_data", reason: "missing_key", is_entry: true },
      }),
      rejectedRow("h6", "/of/another/run: is old", { run_id: "r1" }),
    ]);
    const session = (id: string, columns: Row) => ({ user_id: "secret-user", session_id: id, ...columns });
    const rated = (reduction: number) => ({ pain_reduction: reduction, was_effective: reduction >= 2 });
    await published(warehouse, silverTherapySessions, [
      session("s1", { ...rated(3), device_name: "Juno <Grand>" }),
      session("s2", { ...rated(-1), device_name: "Juno <Grand>" }),
      session("s3", { ...rated(3), device_name: null }),
      session("s4", { device_name: "Juno Petit" }),
      session("s5", { device_name: null }),
    ]);
    const day = (date: string, count: number) => ({ session_date: date, session_count: count, active_users: 1 });
    await published(warehouse, dailyMetricsV1, [
      ...[day("2024-06-01", 7), day("2024-06-03", 1400), day("2024-06-07", 1)],
      day("2099-01-01", 1),
    ]);
    page = await renderReport(warehouse);
    text = read(page);
  });
  afterAll(() => warehouse.close());

  test("needs neither network nor script, and is a whole page", () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">[\s\S]*<\/html>\n$/);
    const names = /xmlns(:\w+)?="[^"]*"/g;
    expect(page.replaceAll(names, "").match(/.{0,40}(https?:|<script|\ssrc=|@import|url\()/)?.[0]).toBeUndefined();
    expect([...page.matchAll(/href="([^"]*)"/g)].map(([, target]) => target)).toEqual(["#checks"]);
  });

  test("is the same page every time", async () => {
    expect((await renderReport(warehouse)) === page).toBe(true);
  });

  test("names no user and no document", () => {
    expect(page).not.toMatch(/secret-user|s9/);
  });

  test("says first what came of it", () => {
    expect(text).toContain(
      "✓ Published | All tables of the run are visible to readers. " +
        "1 check failed that does not block, 1 check to look at.",
    );
    for (const fact of [
      ...["Changes read | 12,000 |", "Changes rejected | 600 |", "Rows published | 3,004 |", "Took | 1 min 12 s |"],
      ...["Started | 2024-06-10 06:00 UTC |", "Data as of | 2024-06-10 00:00 UTC |", "Runner | direct |"],
      ...["Checks passed | 1 of 3 |", "Source | changelog/ |", "Run | r2 |"],
    ]) {
      expect(text).toContain(fact);
    }
  });

  test("shows where each change went, and that they add up", () => {
    expect(text).toContain("They add up in the change log.");
    expect(text).toContain("therapy_sessions_data | 12,000 | 3,000 | 8,000 | 300 | 100 | 600 | ✓ yes | 0 |");
    expect(page).toContain("therapy_sessions_data: Live 25.0\u00a0%, Superseded 66.7\u00a0%, Deleted 2.5\u00a0%");
    expect(page).toContain("therapy_sessions_data, 12,000 changes read");
  });

  test("counts rejections by reason, and faults by pointer and rule, arrays together", () => {
    expect(text).toContain(
      "medications_data | missing_key | 0 | 2 | therapy_sessions_data | breaks_contract | 2 | 0 | " +
        "therapy_sessions_data | invalid_json | 1 | 0 | All | 3 | 2 |",
    );
    expect(text).toContain(
      "/feedback/painLevelBefore | must be <= 10 | 2 | therapy_sessions_data | " +
        "/medications/*/name | is missing | 2 | medications_data | the whole change | is not JSON | 1 |",
    );
    expect(text).toContain("/sessionInfo/therapyDuration | must be integer | 1 |");
    expect(text).not.toContain("/of/another/run");
  });

  test("gives the rows of each table, their change and their history", () => {
    expect(text).toContain("silver_therapy_sessions | 3,200 | +60.0 % | 2,000 | ▲ no |");
    expect(text).toMatch(/daily_metrics_v1 \| 4 \| – \| – \| – \| one so far \| gold \| 1\.0\.0/);
    expect(page).toContain("Rows of silver_therapy_sessions over 2 runs");
    expect(page).toContain("From 2,000 to 3,200, at least 2,000 and at most 3,200.");
  });

  test("lists what is wrong first, failures before warnings, and folds what passed", () => {
    expect(text).toContain(
      "silver_therapy_sessions✗ FAIL | hours_stale hours_stale is kept | – | 48 | " +
        "silver_therapy_sessions▲ WARN | row_count_change row_count_change is kept | 0.6 | 0.5 |",
    );
    expect(text).toContain("1 check passed, on 1 table | silver_therapy_sessions: 1 |");
    expect(text).not.toContain("of_another_run");
  });

  test("says how old the data is", () => {
    expect(text).toContain("silver_therapy_sessions | ▲ WARN | 51.3 h | 2024-06-08 02:46 UTC |");
  });

  test("draws sessions per day, days without any included, and leaves out what is dated after the as-of day", () => {
    expect(text).toContain("1,408 sessions on 7 days, 2024-06-01 to 2024-06-07: 201.1 a day.");
    expect(text).toContain("1 session dated after the data's as-of day is not shown.");
    expect(text).toContain("2024-06 | 1,408 | 7 | 201.1 |");
    expect(page).toContain("Most on 2024-06-03: 1,400 sessions. Mean of the last seven days: 201.1 a day.");
  });

  test("draws the pain reduction of rated sessions, and counts the others", () => {
    expect(text).toContain("in 3 rated sessions: 1.67 points on average, 2 effective (66.7 %).");
    expect(text).toContain("Not drawn: 2 sessions without both scores.");
    expect(text).toContain("−1 | 1 | 33.3 % | 3 | 2 | 66.7 % |");
  });

  test("draws the effectiveness of each device with its interval; unrated devices are not drawn", () => {
    expect(text).toContain(
      "Juno <Grand> | 2 | 1 | 50.0 % | 9.5 % | 90.5 % | Device unknown | 1 | 1 | 100.0 % | 20.7 % | 100.0 % |",
    );
    expect(text).toContain("Not counted: 2 sessions without both scores.");
    expect(text).not.toContain("Juno Petit");
    expect(page).not.toContain("<Grand>");
  });

  test("each chart is there for screens and phones, with a name and a description, and the ids are unique", () => {
    for (const chart of ["flow-chart", "per-day-chart", "pain-chart", "device-chart"]) {
      for (const variant of ["wide", "narrow"]) {
        expect(page).toContain(`<svg role="img" aria-labelledby="${chart}-${variant}-title ${chart}-${variant}-desc"`);
        expect(page).toContain(`<desc id="${chart}-${variant}-desc">`);
      }
    }
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("every table has a caption, every section a heading", () => {
    expect(page.match(/<caption>/g)?.length).toBe(page.match(/<table>/g)?.length);
    const labels = [...page.matchAll(/<section[^>]* aria-labelledby="([^"]*)"/g)].map(([, id]) => id);
    for (const id of labels) expect(page).toContain(`<h2 id="${id}">`);
    expect(labels).toEqual([
      "verdict",
      "flow",
      "rejected",
      "tables",
      "checks",
      "freshness",
      "per-day",
      "pain",
      "devices",
    ]);
  });

  test("an earlier run can be asked for; its page says whose tables the plots show", async () => {
    const earlier = read(await renderReport(warehouse, { runId: "r1" }));
    expect(earlier).toContain("Run of 2024-06-09 06:00 UTC");
    expect(earlier).toContain("of_another_run is kept");
    expect(earlier).toContain("those of run r2 of 2024-06-10 06:01 UTC, and not from this run.");
    expect(earlier).not.toContain("+60.0");
  });

  test("a run that the ledger does not know is refused, with the last one", async () => {
    await expect(renderReport(warehouse, { runId: "r9" })).rejects.toThrow(
      "run r9 is not in the ledger; the last one there is r2. Leave the run id out to report on the last run.",
    );
  });
});

describe("a failed run", () => {
  const failed = { ...FLOW, current_documents: 2999, status: "failed", message: "1 blocking check failed" };

  test("says what failed, and whose tables readers still see", async () => {
    const warehouse = await emptyWarehouse();
    await published(warehouse, runs, [
      ledgerRow("r1", "2024-06-09", "silver_therapy_sessions", FLOW),
      ledgerRow("r2", "2024-06-10", "silver_therapy_sessions", failed),
    ]);
    await published(warehouse, rowCountTracking, [
      countRow("r1", "2024-06-09", "silver_therapy_sessions", 3000),
      countRow("r2", "2024-06-10", "silver_therapy_sessions", 2999),
    ]);
    await published(warehouse, dataQualityMetrics, [
      checkRow("r2", "key_unique"),
      checkRow("r2", "changes_conserved", { status: "FAIL", metric_value: -1 }),
    ]);
    const text = read(await renderReport(warehouse));
    expect(text).toContain(
      "✗ Failed: nothing was published | " +
        "Readers still see the old tables, those of run r1 of 2024-06-09 06:01 UTC. | 1 blocking check failed | " +
        "1 check failed: | silver_therapy_sessions changes_conserved: changes_conserved is kept |",
    );
    expect(text).toContain("Rows published | none |");
    expect(text).toContain("They do not add up in therapy_sessions_data.");
    expect(text).toContain("✗ 1 lost");
    expect(text).toContain("None of these tables was replaced: readers see the old rows.");
    expect(text).toContain("drawn from the tables as readers see them, those of run r1");
    await warehouse.close();
  });

  test("that broke off before anything was counted or checked still has a page", async () => {
    const warehouse = await emptyWarehouse();
    await published(warehouse, runs, [
      ledgerRow("r1", "2024-06-09", "silver_therapy_sessions", { status: "failed", message: "the worker died" }),
    ]);
    const text = read(await renderReport(warehouse));
    expect(text).toContain("Readers see no tables: no run was ever published. | the worker died |");
    expect(text).toContain("No check failed: the run broke off before it could be judged, or after.");
    expect(text).toContain("No change log was counted in this run.");
    expect(text).toContain("silver_therapy_sessions | – | – | – | – | none so far |");
    expect(text).toContain("There are no published tables to draw from.");
    await warehouse.close();
  });
});

describe("with nothing in it", () => {
  test("a warehouse without tables has a page that says so", async () => {
    const warehouse = await openDuckDb("duckdb::memory:");
    expect(read(await renderReport(warehouse))).toContain("The ledger of this warehouse has no run.");
    await expect(renderReport(warehouse, { runId: "r1" })).rejects.toThrow("run r1 is not in the ledger; no run is.");
    await warehouse.close();
  });

  test("so has a warehouse with empty tables", async () => {
    const warehouse = await emptyWarehouse();
    expect(read(await renderReport(warehouse))).toContain("The ledger of this warehouse has no run.");
    await warehouse.close();
  });

  test("a run that read empty change logs has a page without plots", async () => {
    const warehouse = await emptyWarehouse();
    const none = { changes_read: 0, duplicates: 0, superseded: 0, deleted: 0, rejected: 0, current_documents: 0 };
    await published(warehouse, runs, [
      ledgerRow("r1", "2024-06-09", "silver_therapy_sessions", {
        ...{ ...none, changelog: "therapy_sessions_data", rejected_entries: 0, rows_written: 0 },
      }),
    ]);
    const page = await renderReport(warehouse);
    const text = read(page);
    expect(text).toContain("therapy_sessions_data | 0 | 0 | 0 | 0 | 0 | 0 | ✓ yes | 0 |");
    expect(text).toContain("Nothing was rejected.");
    expect(text).toContain("No check was run.");
    expect(text).toContain("There is no session with a date yet.");
    expect(text).toContain("No session has both pain scores yet; 0 sessions without.");
    expect(text).toContain("No session is rated yet.");
    expect(page).not.toMatch(/NaN|undefined|null|Infinity/);
    await warehouse.close();
  });
});
