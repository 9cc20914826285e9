import type { Warehouse } from "@junoplus/warehouse";
import { type Aggregates, aggregateRows } from "./aggregate-rows";
import type { CheckResult } from "./check-result";
import { numberOf } from "./figures";

/** Numbers that are asked of the store, and the check results that follow from them. */
export interface Measurement extends Aggregates {
  /** From the numbers by name; an aggregate over no rows (NULL) is 0. */
  readonly results: (count: (column: string) => number) => readonly CheckResult[];
}

/** The results of measurements, group by group and in order; all groups are asked together. */
export async function measuredChecks(
  warehouse: Warehouse,
  groups: readonly (readonly Measurement[])[],
): Promise<readonly (readonly CheckResult[])[]> {
  const rows = await aggregateRows(warehouse, groups.flat());
  const answers = rows.values();
  return groups.map((group) =>
    group.flatMap(({ results }) => {
      const row = answers.next().value ?? {};
      return results((column) => numberOf(row, column));
    }),
  );
}
