import { type Counters, writtenCounter } from "@junoplus/beam-runtime";
import { changeCounter } from "@junoplus/bronze-ingest";
import type { ChangelogFlow } from "@junoplus/quality";
import { rowCounter, type SilverTable } from "@junoplus/silver-transforms";

/** Where every change of a silver table's log went, from the pipeline's counters. A counter that never moved is zero. */
export function changelogFlow(
  { from, to }: Pick<SilverTable<never, never>, "from" | "to">,
  counters: Counters,
): ChangelogFlow {
  const count = (name: string): number => counters[name] ?? 0;
  const change = (what: Parameters<typeof changeCounter>[1]): number => count(changeCounter(from.prefix, what));
  return {
    changelog: from.prefix,
    table: to.table,
    read: change("read"),
    duplicates: change("duplicates"),
    superseded: change("superseded"),
    deleted: change("deleted"),
    rejected: change("rejected"),
    live: change("live"),
    rejectedEntries: change("rejected_entries"),
    snapshots: count(rowCounter(to.table, "snapshots")),
    displaced: count(rowCounter(to.table, "displaced")),
    written: count(writtenCounter(to.table)),
  };
}
