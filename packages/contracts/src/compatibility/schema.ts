import { isDeepStrictEqual } from "node:util";
import { escapePointer } from "../json-pointer";

/** One schema or block of a contract, keyword by keyword. */
export type Schema = Readonly<Record<string, unknown>>;

/** The value as a schema; `true` and absent say nothing, which is the empty schema. */
export function schemaOf(value: unknown): Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Schema) : {};
}

/** The value as a list; a single value is a list of one, absent is empty. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** Names in a list, as for `required` or `key`. */
export function namesOf(value: unknown): readonly string[] {
  return listOf(value).map(String);
}

/** Equal as JSON, whatever the order of keys. */
export function same(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}

/** What of a list the other one has not. */
export function beyond(list: readonly unknown[], other: readonly unknown[]): readonly unknown[] {
  return list.filter((value) => !other.some((candidate) => same(candidate, value)));
}

/** The pointer of something below a place. */
export function pointerBelow(pointer: string, ...names: readonly string[]): string {
  return [pointer, ...names.map(escapePointer)].join("/");
}
