import type { TableContract } from "@junoplus/contracts";

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
