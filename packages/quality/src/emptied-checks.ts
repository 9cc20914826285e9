import type { CheckResult } from "./check-result";
import { quantity } from "./quantity";
import type { RowCount } from "./volume-checks";

/**
 * A table that has rows may not become empty unseen: a change log that was not exported looks like one without changes.
 * An operator who means it allows it.
 */
export function emptiedChecks(counts: readonly RowCount[], allowEmpty: boolean): CheckResult[] {
  return counts.map(({ table, rows, previous }) => {
    const emptied = rows === 0 && previous !== null && previous > 0;
    const blocking = emptied && !allowEmpty;
    return {
      table,
      metric: "not_emptied",
      category: "volume",
      value: emptied ? 1 : 0,
      threshold: 0,
      status: blocking ? "FAIL" : emptied ? "WARN" : "PASS",
      description: `a table with rows does not become empty: ${
        emptied ? `0 rows after ${quantity(previous, "row")}` : quantity(rows, "row")
      }`,
      blocking,
    };
  });
}
