import type { Difference, DifferenceKind } from "./difference";

/** By how much a version rises. */
export type Bump = "none" | "patch" | "minor" | "major";

const ORDER: readonly Bump[] = ["none", "patch", "minor", "major"];

/** What is a new major although old documents stay valid: code that reads the field has to change. */
const MAJOR: ReadonlySet<DifferenceKind> = new Set([
  "type_widened",
  "property_removed_from_open",
  "property_removed_from_partially_open",
  "property_removed_from_closed",
  "additional_properties_closed",
  "additional_properties_narrowed",
  "additional_properties_changed",
]);
const PATCH: ReadonlySet<DifferenceKind> = new Set(["words_changed"]);

/** The bump that one difference needs. */
export function bumpOf({ kind, backward }: Difference): Bump {
  if (backward === "breaks" || MAJOR.has(kind)) return "major";
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
