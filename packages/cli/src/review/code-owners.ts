import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ignore from "ignore";

/** Who owns a file of the repository, as GitHub reads it: `@name` or `@organisation/team`. */
export type OwnersOf = (path: string) => readonly string[];

/** Where GitHub looks for it, in this order. */
const PLACES = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/** The owners of the checkout's files by its CODEOWNERS; without one nobody owns anything. */
export function codeOwners(root: string): OwnersOf {
  const place = PLACES.map((path) => join(root, path)).find(existsSync);
  return place === undefined ? () => [] : parseCodeOwners(readFileSync(place, "utf8"));
}

/** Patterns are gitignore's, and the last line that matches decides, also where it names nobody. */
export function parseCodeOwners(text: string): OwnersOf {
  const rules = text
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*/, "").trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [pattern = "", ...owners] = line.split(/\s+/);
      return { matches: ignore().add(pattern), owners };
    });
  return (path) => rules.findLast(({ matches }) => matches.ignores(path))?.owners ?? [];
}
