import type { RowChange } from "@junoplus/beam-runtime";
import type { RejectedChange } from "@junoplus/bronze-ingest";
import type { DocumentStates, RejectedChangePayloads, RejectedChanges } from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";

/** What a run writes beside every rejected change. */
export interface RejectionContext {
  readonly runId: string;
  /** Canonical timestamp of the run's start. */
  readonly checkedAt: string;
}

/** Worker function: one row for each rejection of a change, without its payload. */
export function rejectedRows(
  change: RejectedChange,
  { runId, checkedAt }: RejectionContext,
): readonly RejectedChanges[] {
  return change.rejections.map(({ reason, detail, pointers, isEntry }) => ({
    run_id: runId,
    checked_at: checkedAt,
    table_name: change.changelog,
    document_path: change.path,
    change_timestamp: change.timestamp,
    event_id: change.eventId,
    operation: change.operation,
    reason,
    detail,
    pointers: [...pointers],
    contract_version: change.contractVersion,
    is_entry: isEntry,
    change_hash: change.id,
  }));
}

/** Worker function: the rejected change as it came; it stays in bronze. */
export function payloadRow(change: RejectedChange, { runId, checkedAt }: RejectionContext): RejectedChangePayloads {
  return {
    run_id: runId,
    checked_at: checkedAt,
    table_name: change.changelog,
    change_hash: change.id,
    change: change.payload,
  };
}

/** Worker function: a state, where it is of a document of the change log. */
export function* stateOfLog(
  state: DocumentStates,
  { changelog }: { readonly changelog: string },
): Generator<DocumentStates> {
  if (state.changelog === changelog) yield state;
}

/** Worker function: a row of an earlier run that this one lets be. */
export function keptRow<Row>(kept: Row): RowChange<Row> {
  return { kept };
}

/** Worker function: a row as it is now, where it is another than before. */
export function* changedRow<Row>(change: RowChange<Row>): Generator<Row> {
  if ("after" in change) yield change.after;
}

/** Worker function: these columns of a row that is another than before, or gone, or new. */
export function* replacedRow<Row extends object>(
  change: RowChange<Row>,
  { columns }: { readonly columns: readonly string[] },
): Generator<Readonly<Record<string, unknown>>> {
  if ("kept" in change) return;
  const row = new Map(Object.entries("before" in change ? change.before : change.after));
  yield Object.fromEntries(columns.map((column) => [column, row.get(column)]));
}

/** Worker function: a row of the run's own as one line of JSON. */
export function rowLine(row: object): string {
  return JSON.stringify(row);
}

requireForSerialization("@junoplus/cli/pipeline-rows", exports);
