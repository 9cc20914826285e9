/** 95 %. */
const Z = 1.959963984540054;

/** The Wilson interval (95 %) of a share: where the true rate may lie, given so few or so many trials. */
export function wilson(successes: number, trials: number): { readonly low: number; readonly high: number } {
  const share = successes / trials;
  const z2 = Z * Z;
  const middle = (share + z2 / (2 * trials)) / (1 + z2 / trials);
  const half = (Z / (1 + z2 / trials)) * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
