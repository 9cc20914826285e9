import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { render } from "./render";

/** What generating changed, as paths relative to the package. */
export interface Generated {
  readonly written: readonly string[];
  /** Files of contracts that are gone. */
  readonly removed: readonly string[];
}

/** Writes every generated file that is not yet what the schemas give, and removes those of contracts that are gone. */
export async function writeGenerated(packageRoot: string): Promise<Generated> {
  const rendered = await render(packageRoot);
  const written = [...rendered].filter(([path, text]) => !isAlready(join(packageRoot, path), text));
  for (const [path, text] of written) {
    mkdirSync(dirname(join(packageRoot, path)), { recursive: true });
    writeFileSync(join(packageRoot, path), text);
  }
  const removed = generatedSources(packageRoot).filter((path) => !rendered.has(path));
  for (const path of removed) rmSync(join(packageRoot, path));
  return { written: written.map(([path]) => path), removed };
}

/** The files below `src/generated`, relative to the package. */
export function generatedSources(packageRoot: string): readonly string[] {
  const folder = join(packageRoot, "src/generated");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(packageRoot.length + 1));
}

function isAlready(path: string, text: string): boolean {
  return existsSync(path) && readFileSync(path, "utf8") === text;
}
