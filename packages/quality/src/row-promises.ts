import type { Warehouse } from "@junoplus/warehouse";
import { type CheckCategory, type CheckResult, noneOffends } from "./check-result";
import { figures } from "./figures";
import { quantity, whole } from "./quantity";

/** A promise about each row of a table, and the SQL condition of the rows that break it; NULL breaks nothing. */
export interface RowPromise {
  readonly metric: string;
  readonly category: CheckCategory;
  readonly promise: string;
  readonly broken: string;
}

/** The rows of a table and the outcome of its promises, all counted in one scan. */
export async function rowPromiseChecks(
  warehouse: Warehouse,
  table: string,
  from: string,
  promises: readonly RowPromise[],
): Promise<{ readonly rows: number; readonly results: CheckResult[] }> {
  const offenders = promises.map(({ broken }, index) => `COUNT(CASE WHEN ${broken} THEN 1 END) AS offending_${index}`);
  const count = await figures(warehouse, `SELECT ${["COUNT(*) AS row_total", ...offenders].join(", ")} FROM ${from}`);
  const rows = count("row_total");
  const results = promises.map(({ metric, category, promise }, index) => {
    const offending = count(`offending_${index}`);
    const description = `${promise}: ${outcome(offending, rows)}`;
    return noneOffends({ table, metric, category, offending, description });
  });
  return { rows, results };
}

function outcome(offending: number, rows: number): string {
  if (offending === 0) return `all ${quantity(rows, "row")}`;
  return `${whole(offending)} of ${quantity(rows, "row")} ${offending === 1 ? "breaks" : "break"} it`;
}
