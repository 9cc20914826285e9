/** A name as one step of a JSON Pointer (RFC 6901): a `/` in it begins no further step. */
export function escapePointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
