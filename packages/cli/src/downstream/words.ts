/** The words of SQL that may name a column: what stands in quotes is text. */
export function wordsOf(sql: string): ReadonlySet<string> {
  return new Set(sql.replace(/'[^']*'/g, " ").match(/[A-Za-z_]\w*/g) ?? []);
}
