/** A word as SQL text; refuses what the stores escape differently. */
export function sqlText(word: string): string {
  if (/['\\\p{Cc}]/u.test(word)) {
    throw new Error(
      `${JSON.stringify(word)} cannot stand in SQL: the stores escape quotes and backslashes differently`,
    );
  }
  return `'${word}'`;
}
