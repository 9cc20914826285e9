/** Order of two texts by their UTF-8 bytes; JS `<` compares UTF-16 and puts emoji before some letters. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}

/** As compareBytes, an absent text before every present one. */
export function compareNullable(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return compareBytes(a, b);
}

/** A sorted copy, by the texts that `keys` gives for a row: first key first. */
export function sortedBy<Row>(rows: readonly Row[], keys: (row: Row) => readonly (string | null)[]): Row[] {
  return [...rows].sort((a, b) => {
    const left = keys(a);
    const right = keys(b);
    for (let i = 0; i < left.length; i++) {
      const order = compareNullable(left[i] ?? null, right[i] ?? null);
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** The distinct texts in UTF-8 byte order. */
export function sortedDistinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort(compareBytes);
}
