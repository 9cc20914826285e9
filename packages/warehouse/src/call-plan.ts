/** One call that a run would make: something of the store is made, changed, filled or asked. */
export interface PlannedCall {
  /** The API's method, or the kind of job or statement. */
  readonly call: CallKind;
  /** The dataset or table, `dataset.table`; of a query the store's own word for it. */
  readonly target: string;
  /** SQL that would run; null where the call is none. */
  readonly statement: string | null;
  /** What it would read; null where nothing is scanned. */
  readonly scan: Scan | null;
  /** When the call is left out, or has no effect; null when it is always made. */
  readonly only: string | null;
  /** True where the dry run makes it, too: what a run does next depends on the answer. */
  readonly isAsked: boolean;
}

export type CallKind =
  | "datasets.insert"
  | "tables.insert"
  | "tables.patch"
  | "tables.delete"
  | "load job"
  | "query job"
  | "statement"
  | "load"
  | "query"
  | "publish";

/** What a query reads, as the store says beforehand. */
export interface Scan {
  /** Null where the store cannot know yet. */
  readonly bytes: number | null;
  /** Bytes that are paid for, with the store's least amount for each table; null with the bytes. */
  readonly billed: number | null;
  /** Where the figure is from, or why there is none. */
  readonly basis: string;
}

/** What a dry run takes down, in order, and what it must remember because nothing of it is there. */
export class CallPlan {
  readonly calls: PlannedCall[] = [];
  private readonly made = new Set<string>();
  private readonly standIns = new Map<string, string>();

  add(call: CallKind, target: string, facts: Partial<Omit<PlannedCall, "call" | "target">> = {}): void {
    const { statement = null, scan = null, only = null, isAsked = false } = facts;
    // What a run has made once it finds the next time.
    if (call === "datasets.insert" && this.made.has(target)) return;
    this.made.add(target);
    this.calls.push({ call, target, statement, scan, only, isAsked });
  }

  /** Tables of a dataset that would have been made by now, and not dropped since. */
  tablesLeft(dataset: string): readonly string[] {
    const left = new Set<string>();
    for (const { call, target } of this.calls) {
      if (call === "tables.insert") left.add(target);
      else if (call === "tables.delete") left.delete(target);
    }
    return [...left].flatMap((target) => (target.startsWith(`${dataset}.`) ? [target.slice(dataset.length + 1)] : []));
  }

  /** Nothing is staged: a question about a staging table is put to the published one, or to a query in brackets. */
  standIn(staging: string, other: string): void {
    this.standIns.set(staging, other);
  }

  /** SQL over tables that can be there, and whether one stands in for another in it. */
  overPublished(sql: string): { readonly sql: string; readonly isStoodIn: boolean } {
    let changed = sql;
    for (const [staging, other] of this.standIns) changed = changed.replaceAll(staging, other);
    return { sql: changed, isStoodIn: changed !== sql };
  }
}

/**
 * The row of a query that was not asked: every column is NULL, as of an aggregate over no rows. What is made of it is thrown
 * away with the dry run.
 */
export const UNASKED_ROW: Readonly<Record<string, null>> = new Proxy({}, { get: () => null });
