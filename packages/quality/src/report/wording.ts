import { epochMicros } from "@junoplus/contracts";

const BLANK = "\u00a0";
const MICROS_A_SECOND = 1_000_000;

/** A fraction as a percentage: `12.5 %`; small shares never read as none. */
export function percent(fraction: number, decimals = 1): string {
  const least = 10 ** -decimals;
  const hundredths = fraction * 100;
  if (hundredths > 0 && hundredths < least / 2) return `<${BLANK}${least}${BLANK}%`;
  return `${fixed(hundredths, decimals)}${BLANK}%`;
}

/** A change as a signed percentage: `+12.5 %`, `−3.0 %`, `±0.0 %`. */
export function signedPercent(fraction: number): string {
  const text = percent(Math.abs(fraction));
  return `${fraction > 0 ? "+" : fraction < 0 ? "−" : "±"}${text}`;
}

/** A number with thousands separators and at most so many decimals. */
export function decimal(value: number, decimals: number): string {
  return new Intl.NumberFormat("en-US", { maximumFractionDigits: decimals }).format(value).replace("-", "−");
}

/** A number with thousands separators and exactly so many decimals, for columns of them. */
export function fixed(value: number, decimals: number): string {
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return new Intl.NumberFormat("en-US", digits).format(value).replace("-", "−");
}

/** An instant to the minute: `2024-08-26 15:33 UTC`. */
export function minute(timestamp: string): string {
  return `${timestamp.slice(0, 10)} ${timestamp.slice(11, 16)}${BLANK}UTC`;
}

/** The time between two instants: `0.8 s`, `1 min 12 s`, `2 h 5 min`. */
export function span(from: string, to: string): string {
  const seconds = (epochMicros(to) - epochMicros(from)) / MICROS_A_SECOND;
  if (seconds < 60) return `${decimal(seconds, seconds < 10 ? 1 : 0)}${BLANK}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}${BLANK}min ${whole % 60}${BLANK}s`;
  return `${Math.floor(whole / 3600)}${BLANK}h ${Math.floor((whole % 3600) / 60)}${BLANK}min`;
}

/** A length of time in hours as a reader counts it: hours, then days. */
export function hours(count: number): string {
  if (count < 0) return `${decimal(-count, 1)}${BLANK}h ahead of the clock`;
  return count < 96 ? `${fixed(count, 1)}${BLANK}h` : `${decimal(Math.floor(count / 24), 0)}${BLANK}days`;
}
