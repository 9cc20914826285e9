import type { Runs, TableContract } from "@junoplus/contracts";
import type { ChangelogFlow } from "@junoplus/quality";

/** Which run it is. */
export interface RunIdentity {
  readonly runId: string;
  /** Canonical timestamps. */
  readonly startedAt: string;
  readonly asOf: string;
  readonly source: string;
  readonly runner: string;
}

/** How a run ended. */
export interface RunEnd {
  readonly finishedAt: string;
  /** Why nothing was published; null when the tables were. */
  readonly failure: string | null;
  /** Rows staged by table; empty when the run broke before. */
  readonly rows: Readonly<Record<string, number>>;
  readonly flows: readonly ChangelogFlow[];
}

/** The ledger rows of a run, one for each table that it was to write. */
export function ledgerRows(identity: RunIdentity, contracts: readonly TableContract[], end: RunEnd): readonly Runs[] {
  return contracts
    .filter(({ layer }) => layer !== "quality")
    .map(({ table, layer, version }) => {
      const flow = end.flows.find((candidate) => candidate.table === table);
      return {
        run_id: identity.runId,
        table_name: table,
        layer: layer as Runs["layer"],
        source: identity.source,
        runner: identity.runner,
        as_of: identity.asOf,
        contract_version: version,
        ...(flow === undefined ? NO_FLOW : flowColumns(flow)),
        rows_written: end.failure === null ? (end.rows[table] ?? null) : null,
        status: end.failure === null ? "published" : "failed",
        message: end.failure,
        started_at: identity.startedAt,
        checked_at: end.finishedAt,
      };
    });
}

type FlowColumns = Pick<
  Runs,
  | "changelog"
  | "changes_read"
  | "duplicates"
  | "superseded"
  | "deleted"
  | "rejected"
  | "current_documents"
  | "rejected_entries"
>;

const NO_FLOW: FlowColumns = {
  changelog: null,
  changes_read: null,
  duplicates: null,
  superseded: null,
  deleted: null,
  rejected: null,
  current_documents: null,
  rejected_entries: null,
};

function flowColumns(flow: ChangelogFlow): FlowColumns {
  return {
    changelog: flow.changelog,
    changes_read: flow.read,
    duplicates: flow.duplicates,
    superseded: flow.superseded,
    deleted: flow.deleted,
    rejected: flow.rejected,
    current_documents: flow.live,
    rejected_entries: flow.rejectedEntries,
  };
}
