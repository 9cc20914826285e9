import { type Column, type TableContract, tableContracts } from "@junoplus/contracts";

/**
 * The SQL of a view by its contract: its whole query, `{{name}}` standing for a table's qualified name, or its columns'
 * expressions over the table that it reads.
 */
export function viewQuery(
  view: TableContract,
  tableName: (table: string) => string,
  quoted: (column: string) => string,
): string {
  if (view.view === undefined) throw new TypeError(`${view.table} is no view`);
  const { from, query } = view.view;
  if (query !== undefined) {
    return query.replace(/\{\{(\w+)\}\}/g, (_, table: string) => tableName(table === "table" ? from : table));
  }
  const columns = view.columns.map(({ name, sql }) => `${sql ?? quoted(name)} AS ${quoted(name)}`);
  return `SELECT ${columns.join(", ")} FROM ${tableName(from)}`;
}

/** Finds the contract of a table that a view reads; one that is given stands before the known one of its name. */
export function sourcesOf(view: TableContract, contracts: readonly TableContract[]): (table: string) => TableContract {
  const sources = new Map([...tableContracts, ...contracts].map((contract) => [contract.table, contract]));
  return (table) => {
    const found = sources.get(table);
    if (found === undefined) throw new TypeError(`${view.table} reads ${table}, which has no contract`);
    return found;
  };
}

/** A column that a view's query gives, its type in the store's words. */
export interface GivenColumn {
  readonly name: string;
  readonly type: string;
}

/** A view's query itself where it gives the contract's names and types; else cast, and in the contract's order. */
export function inContractTypes(
  view: TableContract,
  query: string,
  given: readonly GivenColumn[],
  storeType: (column: Column) => string,
  quoted: (column: string) => string,
): string {
  const isExact = view.columns.every((column, at) => {
    const found = given[at];
    return found?.name === column.name && found.type === storeType(column);
  });
  if (isExact && given.length === view.columns.length) return query;
  const columns = view.columns.map((column) => {
    const name = quoted(column.name);
    return `CAST(${name} AS ${storeType(column)}) AS ${name}`;
  });
  return `SELECT ${columns.join(", ")} FROM (${query}) AS given`;
}

/** Views so that each stands behind the views that it reads. */
export function inReadingOrder(views: readonly TableContract[]): readonly TableContract[] {
  const ordered = new Set<TableContract>();
  const visit = (view: TableContract, readers: readonly TableContract[]): void => {
    if (readers.includes(view)) throw new TypeError(`${view.table} reads itself`);
    for (const other of views) if (reads(view, other)) visit(other, [...readers, view]);
    ordered.add(view);
  };
  for (const view of views) visit(view, []);
  return [...ordered];
}

function reads(view: TableContract, other: TableContract): boolean {
  return view.view?.from === other.table || (view.view?.query?.includes(`{{${other.table}}}`) ?? false);
}
