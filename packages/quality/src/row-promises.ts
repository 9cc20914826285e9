import { type CheckCategory, noneOffends } from "./check-result";
import type { Measurement } from "./measurement";
import { quantity, whole } from "./quantity";

/** A promise about each row of a table, and the SQL condition of the rows that break it; NULL breaks nothing. */
export interface RowPromise {
  readonly metric: string;
  readonly category: CheckCategory;
  readonly promise: string;
  readonly broken: string;
}

/** The promises of a table, all counted in one scan. */
export function rowPromises(table: string, from: string, promises: readonly RowPromise[]): Measurement {
  const offenders = promises.map(
    ({ broken }, index) => [`offending_${index}`, `COUNT(CASE WHEN ${broken} THEN 1 END)`] as const,
  );
  return {
    columns: { row_total: "COUNT(*)", ...Object.fromEntries(offenders) },
    from,
    results: (count) =>
      promises.map(({ metric, category, promise }, index) => {
        const offending = count(`offending_${index}`);
        const description = `${promise}: ${outcome(offending, count("row_total"))}`;
        return noneOffends({ table, metric, category, offending, description });
      }),
  };
}

function outcome(offending: number, rows: number): string {
  if (offending === 0) return `all ${quantity(rows, "row")}`;
  return `${whole(offending)} of ${quantity(rows, "row")} ${offending === 1 ? "breaks" : "break"} it`;
}
