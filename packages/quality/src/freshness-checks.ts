import { epochMicros, type Layer, tableContracts } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { aggregateRows } from "./aggregate-rows";
import type { CheckResult, CheckStatus } from "./check-result";
import { quantity } from "./quantity";
import type { TableNames } from "./table-names";

/** Hours after which a table's newest change is stale. */
export const STALE_AFTER_HOURS = 48;

/** Longer spans are told in days. */
const COUNTED_IN_HOURS = 96;
const MICROS_AN_HOUR = 3_600_000_000;
/** How old the newest source change behind a table is; null and null when it has no data. */
export interface Freshness {
  readonly table: string;
  readonly layer: Exclude<Layer, "quality" | "state">;
  readonly lastUpdated: string | null;
  readonly hoursStale: number | null;
  readonly status: CheckStatus;
}

/** The freshness at an instant of every table whose contract says where the time of its source stands. */
export async function measureFreshness(
  warehouse: Warehouse,
  nameOf: TableNames,
  instant: string,
): Promise<Freshness[]> {
  const sourced = tableContracts.flatMap((contract) => {
    const { table, layer, freshness: of } = contract;
    const source = tableContracts.find((one) => one.table === of?.table);
    const from = source === undefined ? null : nameOf(source);
    if (of === undefined || from === null || nameOf(contract) === null) return [];
    if (layer === "quality" || layer === "state") return [];
    return [{ table, layer, key: `${of.column} ${from}`, asked: { columns: { newest: `MAX(${of.column})` }, from } }];
  });
  // Several tables are made from one source, which is asked once.
  const sources = new Map(sourced.map(({ key, asked }) => [key, asked]));
  const rows = await aggregateRows(warehouse, [...sources.values()]);
  const newestBy = new Map([...sources.keys()].map((key, index) => [key, rows[index]?.["newest"] ?? null]));
  return sourced.map(({ table, layer, key }) => {
    const newest = newestBy.get(key) ?? null;
    return freshness(table, layer, newest === null ? null : String(newest), instant);
  });
}

/** How old a table whose newest source change is known is at an instant. */
export function freshness(
  table: string,
  layer: Freshness["layer"],
  lastUpdated: string | null,
  instant: string,
): Freshness {
  if (lastUpdated === null) return { table, layer, lastUpdated, hoursStale: null, status: "FAIL" };
  const hoursStale = (epochMicros(instant) - epochMicros(lastUpdated)) / MICROS_AN_HOUR;
  return { table, layer, lastUpdated, hoursStale, status: hoursStale > STALE_AFTER_HOURS ? "WARN" : "PASS" };
}

/** Stale is to be looked at, no data is a failure; old data may still be published, so neither blocks. */
export function freshnessChecks(measured: readonly Freshness[]): CheckResult[] {
  return measured.map(({ table, hoursStale, status }) => ({
    table,
    metric: "hours_stale",
    category: "freshness",
    value: hoursStale,
    threshold: STALE_AFTER_HOURS,
    status,
    description: `the newest change is at most ${STALE_AFTER_HOURS} hours old: ${age(hoursStale)}`,
    blocking: false,
  }));
}

function age(hours: number | null): string {
  if (hours === null) return "there is no data";
  if (hours < 0) return `it is ${quantity(Math.ceil(-hours), "hour")} ahead of the clock`;
  if (hours < COUNTED_IN_HOURS) return `it is ${quantity(Math.floor(hours), "hour")} old`;
  return `it is ${quantity(Math.floor(hours / 24), "day")} old`;
}
