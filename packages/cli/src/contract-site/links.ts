/** File of a contract's page. */
export function pageOf(title: string): string {
  return `${title}.html`;
}

/** A field as people read it, `medications.each.name`. */
export function fieldName(pointer: string): string {
  return pointer.slice(1).replaceAll("/", ".").replaceAll("*", "each");
}

/** Name of a field's place on its page. */
export function anchorOf(pointer: string): string {
  return `field-${fieldName(pointer)}`;
}

/** Place of what decides which rows a table has. */
export const ROWS_ANCHOR = "rows";

/** Where a field stands on the site; "" and a column `*` are the rows. */
export function linkTo(title: string, pointer: string): string {
  const isRows = pointer === "" || pointer === "/*";
  return `${pageOf(title)}#${isRows ? ROWS_ANCHOR : anchorOf(pointer)}`;
}
