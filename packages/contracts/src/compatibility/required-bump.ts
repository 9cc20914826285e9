import type { Difference, DifferenceKind } from "./difference";

/** By how much a version rises. */
export type Bump = "none" | "patch" | "minor" | "major";

const ORDER: readonly Bump[] = ["none", "patch", "minor", "major"];

/**
 * MAJOR: any break, a format or type change, a removal, a rename, another key or partition. These are majors although old
 * documents stay valid: code that reads the field has to change.
 */
const MAJOR: ReadonlySet<DifferenceKind> = new Set([
  "type_widened",
  "property_removed_from_open",
  "property_removed_from_partially_open",
  "property_removed_from_closed",
  "additional_properties_closed",
  "additional_properties_narrowed",
  "additional_properties_changed",
]);

/**
 * MINOR: an optional field or nullable column, more enum values, a relaxation, integer to number. Older code does not know
 * what is new there, and that is what a minor announces; any other break of older code is a break like any other.
 */
const ANNOUNCED_BY_MINOR: ReadonlySet<DifferenceKind> = new Set([
  "property_added_to_closed",
  "property_added_to_partially_open",
  "column_added",
  "enum_grown",
  "integer_to_number",
  "null_allowed",
  "required_removed",
  "minimum_lowered",
  "minimum_removed",
  "maximum_raised",
  "maximum_removed",
  "min_length_lowered",
  "min_length_removed",
  "max_length_raised",
  "max_length_removed",
  "min_items_lowered",
  "min_items_removed",
  "max_items_raised",
  "max_items_removed",
  "enum_removed",
  "const_removed",
  "pattern_removed",
  "items_removed",
  "unique_items_removed",
  "any_of_grown",
  "any_of_removed",
  "one_of_removed",
  "all_of_shrunk",
  "all_of_removed",
  "entries_added",
]);

/** PATCH: words and examples. */
const PATCH: ReadonlySet<DifferenceKind> = new Set(["words_changed"]);

/** The bump that one difference needs. */
export function bumpOf({ kind, backward, forward }: Difference): Bump {
  if (backward === "breaks" || MAJOR.has(kind)) return "major";
  if (forward === "breaks" && !ANNOUNCED_BY_MINOR.has(kind)) return "major";
  return PATCH.has(kind) ? "patch" : "minor";
}

/** The bump that all of them need together. */
export function requiredBump(differences: readonly Difference[]): Bump {
  return ORDER[Math.max(0, ...differences.map((difference) => ORDER.indexOf(bumpOf(difference))))] ?? "major";
}

/** Whether a version rose by enough. */
export interface BumpCheck {
  readonly required: Bump;
  /** `backwards`: the version fell. */
  readonly actual: Bump | "backwards";
  readonly isEnough: boolean;
  readonly message: string;
}

/** Holds the rise from one version to another against what the differences between them need. */
export function checkBump(oldVersion: string, newVersion: string, differences: readonly Difference[]): BumpCheck {
  const required = requiredBump(differences);
  const actual = actualBump(numbers(oldVersion), numbers(newVersion));
  const isEnough = actual !== "backwards" && ORDER.indexOf(actual) >= ORDER.indexOf(required);
  return { required, actual, isEnough, message: words(oldVersion, newVersion, required, isEnough) };
}

function words(oldVersion: string, newVersion: string, required: Bump, isEnough: boolean): string {
  if (isEnough) return `${oldVersion} to ${newVersion} is enough: ${required} is needed.`;
  const least = raised(numbers(oldVersion), required);
  const cure = `write ${least} or higher in $id, then npm run freeze and npm run generate`;
  return required === "none"
    ? `${oldVersion} to ${newVersion} falls: ${cure}.`
    : `${oldVersion} to ${newVersion} is too little, ${required} is needed: ${cure}.`;
}

type Numbers = readonly [number, number, number];

function numbers(version: string): Numbers {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(version);
  if (match === null) throw new Error(`${version} is no version; write <major>.<minor>.<patch>`);
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}

function actualBump(before: Numbers, after: Numbers): Bump | "backwards" {
  const at = before.findIndex((part, i) => part !== after[i]);
  if (at === -1) return "none";
  if ((after[at] ?? 0) < (before[at] ?? 0)) return "backwards";
  return ORDER[ORDER.length - 1 - at] ?? "none";
}

function raised([major, minor, patch]: Numbers, bump: Bump): string {
  if (bump === "major") return `${major + 1}.0.0`;
  if (bump === "minor") return `${major}.${minor + 1}.0`;
  return bump === "patch" ? `${major}.${minor}.${patch + 1}` : `${major}.${minor}.${patch}`;
}
