import { timestampFromFirestore } from "@junoplus/contracts";

const MICROS = 1_000_000n;

/** Microseconds since 1970 as canonical text; null outside of years 1 to 9999. */
export function canonicalMicros(micros: bigint): string | null {
  const rest = ((micros % MICROS) + MICROS) % MICROS;
  return timestampFromFirestore(Number((micros - rest) / MICROS), Number(rest) * 1000);
}
