import type { TableContract } from "@junoplus/contracts";
import type { Row, Warehouse } from "@junoplus/warehouse";

/** Differences that are told; the others are counted. */
const TOLD = 5;

/** What comparing a table in two warehouses came to. */
export interface Comparison {
  /** Rows of the first. */
  readonly rows: number;
  readonly differing: number;
  /** Key and column of the first ones, never a value. */
  readonly told: readonly string[];
}

/**
 * Compares every cell of a table or view as two warehouses give it, in reading order. Both are streamed: memory holds a row of
 * each. `compared` takes out of a row what differs between any two runs.
 */
export async function tableDifferences(
  contract: TableContract,
  [one, other]: readonly [Warehouse, Warehouse],
  compared: (row: Row) => Row,
): Promise<Comparison> {
  const columns = contract.columns.map(({ name }) => name);
  const others = other.read(contract)[Symbol.asyncIterator]();
  const told: string[] = [];
  let rows = 0;
  let differing = 0;
  const tell = (what: string): void => {
    differing += 1;
    if (told.length < TOLD) told.push(`row ${rows}: ${what}`);
  };
  for await (const row of one.read(contract)) {
    rows += 1;
    const { value: twin } = await others.next();
    if (twin === undefined) tell("only the first has it");
    else differingCells(columns, compared(row), compared(twin)).forEach(tell);
  }
  for (let more = await others.next(); more.done !== true; more = await others.next()) tell("only the second has more");
  return { rows, differing, told };
}

/** As JSON: arrays by element, numbers by their shortest text, which no two doubles share. */
function differingCells(columns: readonly string[], row: Row, twin: Row): readonly string[] {
  return columns.filter((name) => JSON.stringify(row[name]) !== JSON.stringify(twin[name]));
}
