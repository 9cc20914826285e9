/// <reference lib="es2024.string" />

/** A text as UTF-8 can hold it: half a surrogate pair becomes U+FFFD. JSON can spell such halves, files and warehouses cannot. */
export function wellFormed(text: string): string {
  return text.toWellFormed();
}
