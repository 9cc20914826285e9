const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A count with thousands separators and its unit in the right number: `1 row`, `4,812 rows`. */
export function quantity(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${Math.abs(count) === 1 ? one : many}`;
}

/** A whole number with thousands separators. */
export function whole(count: number): string {
  return WHOLE.format(count).replace("-", "−");
}
