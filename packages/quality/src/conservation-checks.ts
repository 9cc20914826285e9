import { type CheckResult, noneOffends } from "./check-result";
import { whole } from "./quantity";

/** Where the changes of one change log went, as the run's counters have it. */
export interface ChangelogFlow {
  /** Prefix of the change log. */
  readonly changelog: string;
  /** The silver table it fills. */
  readonly table: string;
  readonly read: number;
  readonly duplicates: number;
  readonly superseded: number;
  readonly deleted: number;
  readonly rejected: number;
  readonly live: number;
  readonly rejectedEntries: number;
  /** Rows that live documents gave, before those of one key were displaced. */
  readonly snapshots: number;
  /** Of them, rows lost to a later document of the same key. */
  readonly displaced: number;
  /** Of the others, rows that an earlier run has written, and that are not written again. */
  readonly unchanged: number;
  /** Rows that the shard writer counted. */
  readonly written: number;
}

/** What staging holds of one change log, counted there. */
export interface StagedFlow {
  /** Rows of the silver table; null when it is only read for other tables and not staged itself. */
  readonly rows: number | null;
  /** Rows of rejected_changes for whole changes. */
  readonly rejectedRows: number;
  /** Rows of rejected_changes for single array entries. */
  readonly rejectedEntryRows: number;
}

/** Nothing that was read is lost or doubled on its way into staging. */
export function conservationChecks(flow: ChangelogFlow, staged: StagedFlow): CheckResult[] {
  const { duplicates, superseded, deleted, rejected, live } = flow;
  const balance = (metric: string, left: Side, right: Side) => balanceCheck(flow.table, metric, left, right);
  return [
    balance(
      "changes_conserved",
      [`changes read from ${flow.changelog}`, flow.read],
      [
        Object.entries({ duplicates, superseded, deleted, rejected, live })
          .map(([fate, count]) => `${fate} ${whole(count)}`)
          .join(" + "),
        duplicates + superseded + deleted + rejected + live,
      ],
    ),
    ...(staged.rows === null
      ? []
      : [
          balance(
            "snapshots_conserved",
            ["rows made of live documents", flow.snapshots],
            [
              `displaced ${whole(flow.displaced)} + unchanged ${whole(flow.unchanged)} + written ${whole(flow.written)}`,
              flow.displaced + flow.unchanged + flow.written,
            ],
          ),
          balance("written_rows_staged", ["rows written", flow.written], ["rows staged", staged.rows]),
        ]),
    balance(
      "rejected_changes_staged",
      ["changes rejected", flow.rejected],
      ["rejected changes staged", staged.rejectedRows],
    ),
    balance(
      "rejected_entries_staged",
      ["array entries rejected", flow.rejectedEntries],
      ["rejected entries staged", staged.rejectedEntryRows],
    ),
  ];
}

/** What the states of documents that a run leaves to the next one hold of one change log. */
export interface LeftStates {
  readonly read: number;
  readonly deleted: number;
  readonly live: number;
}

/** The states that are left tell the same as the counts over all changes ever read, `flow`; so nothing is lost between runs. */
export function leftStateChecks(flow: ChangelogFlow, states: LeftStates): CheckResult[] {
  const balance = (metric: string, left: Side, right: Side) => balanceCheck(flow.table, metric, left, right);
  return [
    balance("states_hold_changes", ["changes read in all", flow.read], ["changes that left a state", states.read]),
    balance("states_hold_live", ["live documents", flow.live], ["states of live documents", states.live]),
    balance(
      "states_hold_deleted",
      ["deleted documents", flow.deleted],
      ["states of deleted documents", states.deleted],
    ),
  ];
}

/**
 * A run that makes a part of a table anew has said beforehand which: a row outside of it would stand beside the old one, or,
 * of a document, would not have been gone on from.
 */
export function foreseenCheck(table: string, unforeseen: number): CheckResult {
  return noneOffends({
    table,
    metric: "part_foreseen",
    category: "conservation",
    offending: unforeseen,
    description:
      unforeseen === 0
        ? "every row lies in the part of the table that is made anew"
        : `${whole(unforeseen)} rows lie outside the part of the table that is made anew; if a change log grew within a line while it was read, run again`,
  });
}

/** Counts of a change log in two runs together. */
export function addFlows(
  flow: ChangelogFlow,
  more: Omit<ChangelogFlow, "changelog" | "table" | "snapshots" | "displaced" | "unchanged" | "written">,
): ChangelogFlow {
  return {
    ...flow,
    read: flow.read + more.read,
    duplicates: flow.duplicates + more.duplicates,
    superseded: flow.superseded + more.superseded,
    deleted: flow.deleted + more.deleted,
    rejected: flow.rejected + more.rejected,
    live: flow.live + more.live,
    rejectedEntries: flow.rejectedEntries + more.rejectedEntries,
  };
}

/** For tables without a change log: the rows that the shard writer counted are the rows that staging holds. */
export function rowsWrittenChecks(
  tables: readonly { readonly table: string; readonly written: number; readonly staged: number }[],
): CheckResult[] {
  return tables.map(({ table, written, staged }) =>
    balanceCheck(table, "shard_rows_staged", ["rows written", written], ["rows staged", staged]),
  );
}

type Side = readonly [name: string, count: number];

/** The value is right minus left: below zero something is lost, above it something is doubled. */
function balanceCheck(table: string, metric: string, [left, expected]: Side, [right, found]: Side): CheckResult {
  const sides = `${left} (${whole(expected)}) = ${right} (${whole(found)})`;
  const difference = found - expected;
  return noneOffends({
    table,
    metric,
    category: "conservation",
    offending: difference,
    description:
      difference === 0 ? sides : `${sides}: ${whole(Math.abs(difference))} ${difference < 0 ? "lost" : "too many"}`,
  });
}
