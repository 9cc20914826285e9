/**
 * UTF-8 byte order of two texts, as a negative, zero or positive number; zero for equal texts only. JavaScript's own `<`
 * compares UTF-16 units, which puts characters beyond U+FFFF before U+E000 to U+FFFF: another order than that of files,
 * BigQuery and DuckDB.
 */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    if (!isSurrogate(x) && !isSurrogate(y)) return x - y;
    // What a surrogate stands for depends on its neighbours: let UTF-8 tell. One alone becomes U+FFFD there, so texts of
    // equal bytes can differ; they still need an order.
    return Buffer.compare(Buffer.from(a), Buffer.from(b)) || x - y;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
