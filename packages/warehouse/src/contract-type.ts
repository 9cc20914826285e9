import type { Column } from "@junoplus/contracts";

/** A column's type in the contract's words, which are BigQuery's too. */
export function contractType({ type, mode }: Pick<Column, "type" | "mode">): string {
  return mode === "REPEATED" ? `ARRAY<${type}>` : type;
}
