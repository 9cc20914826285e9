import { createHash } from "node:crypto";
import type { TableContract } from "@junoplus/contracts";

/** What a contract says of a table beyond its columns; kept in the store's own description of the table. */
export interface TableFacts {
  readonly kind: "table" | "view";
  readonly version: string;
  readonly key: readonly string[];
  readonly partition: { readonly column: string; readonly granularity: "DAY" | "MONTH" } | null;
  /** Options of BigQuery's that the contract asks for; a store that has none keeps them as words. */
  readonly requirePartitionFilter?: true;
  readonly partitionExpirationDays?: number;
  readonly cluster: readonly string[];
  /** Of a view: digest of the query that it was made of. */
  readonly query?: string;
}

/** A table's description and facts as the store keeps them. */
export interface DescribedTable {
  readonly description: string;
  readonly facts: TableFacts;
}

/** The facts of a contract; `query` is a view's SQL. */
export function tableFacts(contract: TableContract, query?: string): TableFacts {
  const { requirePartitionFilter, partitionExpirationDays } = contract;
  return {
    kind: contract.kind,
    version: contract.version,
    key: contract.key,
    partition: contract.partition ?? null,
    ...(requirePartitionFilter === undefined ? {} : { requirePartitionFilter }),
    ...(partitionExpirationDays === undefined ? {} : { partitionExpirationDays }),
    cluster: contract.cluster,
    ...(query === undefined ? {} : { query: createHash("sha256").update(query).digest("hex").slice(0, 16) }),
  };
}

/** The text that a store keeps with a table: the description, for people, then the facts as one line of JSON. */
export function describedTableText({ description, facts }: DescribedTable): string {
  return `${description}\n\n${JSON.stringify(facts)}`;
}

/** The description and facts in a store's text; null when another hand wrote it. */
export function describedTable(text: string | null): DescribedTable | null {
  const end = text?.lastIndexOf("\n\n") ?? -1;
  if (text === null || end < 0) return null;
  try {
    const facts: unknown = JSON.parse(text.slice(end + 2));
    return isFacts(facts) ? { description: text.slice(0, end), facts } : null;
  } catch {
    return null;
  }
}

function isFacts(facts: unknown): facts is TableFacts {
  return typeof facts === "object" && facts !== null && "kind" in facts && "version" in facts && "key" in facts;
}
