import { rejectedChangePayloads, rejectedChanges, runs } from "@junoplus/contracts";
import type { Row, Warehouse } from "@junoplus/warehouse";
import { maskedChange } from "./masked-change";
import { openToRead, type StoreOptions } from "./open-store";
import { OptionsError } from "./options-error";
import type { ExitCode, Output } from "./output";
import { number } from "./progress";
import { rejectionCounts } from "./rejection-counts";
import { table } from "./summary";

export interface RejectedOptions extends StoreOptions {
  /** The run that is looked at; the last one where none is given. */
  readonly run?: string;
  readonly format: "text" | "json";
}

export interface RejectedListOptions extends RejectedOptions {
  readonly reason?: string;
  readonly changelog?: string;
  readonly limit: number;
}

/** `medallion rejected count`: a run's rejections by change log and reason. */
export async function countRejected(options: RejectedOptions, output: Output): Promise<ExitCode> {
  return withRun(options, async (warehouse, runId) => {
    const counts = await rejectionCounts(warehouse, runId);
    if (options.format === "json") return write(output, counts);
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    const rows = counts.map(({ changelog, reason, isEntry, count }) => [
      changelog,
      reason,
      isEntry ? "array entry" : "whole change",
      number(count),
    ]);
    output.stdout.write(`${table([["change log", "reason", "what", "count"], ...rows])}\n`);
    output.stdout.write(`run ${runId}: ${number(total)} rejected\n`);
    return 0;
  });
}

/** `medallion rejected list`: which changes a run rejected, where and why; keys and pointers, no values. */
export async function listRejected(options: RejectedListOptions, output: Output): Promise<ExitCode> {
  return withRun(options, async (warehouse, runId) => {
    const filters = [
      `run_id = ${warehouse.literal(runId)}`,
      ...(options.reason === undefined ? [] : [`reason = ${warehouse.literal(options.reason)}`]),
      ...(options.changelog === undefined ? [] : [`table_name = ${warehouse.literal(options.changelog)}`]),
    ].join(" AND ");
    const from = `${warehouse.tableName(rejectedChanges)} WHERE ${filters}`;
    const rows = await warehouse.query(
      `SELECT change_hash, table_name, document_path, change_timestamp, operation, reason, is_entry, detail FROM ${from} ` +
        `ORDER BY table_name, change_timestamp, change_hash, detail LIMIT ${options.limit}`,
    );
    if (options.format === "json") return write(output, rows);
    const [counted] = await warehouse.query(`SELECT COUNT(*) AS rejected FROM ${from}`);
    for (const row of rows) output.stdout.write(`${rejectedLine(row)}\n`);
    const total = Number(counted?.["rejected"] ?? 0);
    output.stdout.write(
      `run ${runId}: ${number(rows.length)} of ${number(total)} shown; medallion rejected show <id> tells more of one\n`,
    );
    return 0;
  });
}

/** `medallion rejected show`: one rejected change: its faults, and its shape with every value masked. */
export async function showRejected(options: RejectedOptions, changeId: string, output: Output): Promise<ExitCode> {
  return withRun(options, async (warehouse, runId) => {
    const where = `WHERE run_id = ${warehouse.literal(runId)} AND change_hash = ${warehouse.literal(changeId)}`;
    const reasons = await warehouse.query(
      `SELECT * FROM ${warehouse.tableName(rejectedChanges)} ${where} ORDER BY detail`,
    );
    const payloads = await warehouse.query(
      `SELECT change FROM ${warehouse.tableName(rejectedChangePayloads)} ${where}`,
    );
    const [first] = reasons;
    if (first === undefined) {
      throw new OptionsError([`${changeId}: run ${runId} rejected no such change; medallion rejected list names them`]);
    }
    const masked = maskedChange(String(payloads[0]?.["change"] ?? ""));
    if (options.format === "json") return write(output, { reasons, change: masked });
    output.stdout.write(`${changeId} of ${first["table_name"]}\n`);
    for (const column of ["document_path", "change_timestamp", "event_id", "operation", "contract_version"]) {
      output.stdout.write(`  ${column}: ${first[column] ?? "unknown"}\n`);
    }
    for (const { reason, detail, is_entry } of reasons) {
      output.stdout.write(`  ${reason}${is_entry === true ? " (this array entry alone)" : ""}: ${detail}\n`);
    }
    output.stdout.write(`  shape, values masked:\n${indented(JSON.stringify(masked, null, 2))}\n`);
    output.stdout.write(
      `  the change itself: ${warehouse.tableName(rejectedChangePayloads)} where change_hash = '${changeId}' (bronze; holds personal data)\n`,
    );
    return 0;
  });
}

async function withRun(
  options: RejectedOptions,
  use: (warehouse: Warehouse, runId: string) => Promise<ExitCode>,
): Promise<ExitCode> {
  const warehouse = await openToRead(options);
  try {
    return await use(warehouse, await runIdOf(warehouse, options));
  } finally {
    await warehouse.close();
  }
}

async function runIdOf(warehouse: Warehouse, { run, warehouse: url }: RejectedOptions): Promise<string> {
  if (!(await warehouse.exists(runs))) throw new OptionsError([`${url} holds no runs: medallion run makes one`]);
  const where = run === undefined ? "" : `WHERE run_id = ${warehouse.literal(run)} `;
  const [row] = await warehouse.query(
    `SELECT run_id FROM ${warehouse.tableName(runs)} ${where}ORDER BY checked_at DESC, run_id DESC LIMIT 1`,
  );
  if (row === undefined) {
    throw new OptionsError([
      run === undefined ? `${url} holds no runs: medallion run makes one` : `--run ${run}: is no run of ${url}`,
    ]);
  }
  return String(row["run_id"]);
}

function rejectedLine(row: Row): string {
  const what = row["is_entry"] === true ? "array entry" : "change";
  const name = row["document_path"] ?? "(no document)";
  return `${row["change_hash"]}  ${row["table_name"]}  ${name}  ${row["change_timestamp"] ?? "-"}  ${row["operation"] ?? "-"}  ${what} ${row["reason"]}  ${row["detail"]}`;
}

function write(output: Output, value: unknown): ExitCode {
  output.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  return 0;
}

function indented(text: string): string {
  return text.replace(/^/gm, "    ");
}
