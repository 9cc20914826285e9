import type { CheckResult } from "./check-result";
import { quantity } from "./quantity";

/** A table's rows now, and in the last earlier run (null: there is none). */
export interface RowCount {
  readonly table: string;
  readonly rows: number;
  readonly previous: number | null;
}

/** A row count against the one before. */
export interface Volume extends RowCount {
  /** A fraction: 0.5 is half as many again. Null without an earlier count above 0. */
  readonly changePct: number | null;
  readonly isAnomaly: boolean | null;
}

const LOST = -0.1;
const GAINED = 0.5;
const PROMISE = "rows change by −10 % to +50 % from run to run (value and threshold are fractions)";

/** How far a row count moved, and whether that is out of the ordinary. */
export function volume(count: RowCount): Volume {
  const { rows, previous } = count;
  if (previous === null || previous === 0) return { ...count, changePct: null, isAnomaly: null };
  const changePct = (rows - previous) / previous;
  return { ...count, changePct, isAnomaly: changePct < LOST || changePct > GAINED };
}

/** A row count that moved too far is to be looked at; it blocks nothing: deleted users or a launch move it too. */
export function volumeChecks(volumes: readonly Volume[]): CheckResult[] {
  return volumes.map(({ table, rows, previous, changePct, isAnomaly }) => ({
    table,
    metric: "row_count_change",
    category: "volume",
    value: changePct,
    threshold: changePct !== null && changePct < 0 ? LOST : GAINED,
    status: isAnomaly === true ? "WARN" : "PASS",
    description: `${PROMISE}: ${movement(rows, previous)}`,
    blocking: false,
  }));
}

function movement(rows: number, previous: number | null): string {
  return previous === null
    ? `${quantity(rows, "row")}, no earlier count`
    : `${quantity(rows, "row")} after ${quantity(previous, "row")}`;
}
