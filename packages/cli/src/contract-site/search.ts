/** One thing that can be found: a contract or one of its fields. */
export interface SearchEntry {
  readonly table: string;
  /** Name of the field; "" is the contract itself. */
  readonly field: string;
  readonly words: string;
  readonly link: string;
}

/**
 * Entries that have every word of a query in their name, table or description: those whose name starts with it first,
 * then those whose name has it, then the others. The page carries this function's own text, so it stands alone.
 */
export function search(entries: readonly SearchEntry[], query: string, limit: number): readonly SearchEntry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const rank = (entry: SearchEntry): number => {
    const name = (entry.field || entry.table).toLowerCase();
    const first = words[0] ?? "";
    if (name === words.join("_") || name === first) return 0;
    if (name.startsWith(first)) return 1;
    return words.every((word) => name.includes(word)) ? 2 : 3;
  };
  return entries
    .filter((entry) => {
      const text = `${entry.table} ${entry.field} ${entry.words}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .map((entry, i): [number, number, SearchEntry] => [rank(entry), i, entry])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .slice(0, limit)
    .map((ranked) => ranked[2]);
}
