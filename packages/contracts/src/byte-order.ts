/**
 * UTF-8 byte order of two texts, as a negative, zero or positive number. JavaScript's own `<` compares UTF-16 units, which
 * puts characters beyond U+FFFF before U+E000 to U+FFFF: another order than that of files, BigQuery and DuckDB.
 */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for characters beyond U+FFFF, so they rank after every other unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
