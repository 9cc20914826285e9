import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { projectRoot } from "./contract-files";
import { contractSite } from "./contract-site/contract-site";
import { fieldUses } from "./downstream/downstream";
import { OptionsError } from "./options-error";
import type { ExitCode, Output } from "./output";

export interface DocsOptions {
  readonly directory: string;
  /** Folder of the site; made where it is not there, other files in it stay. */
  readonly out: string;
}

/** `medallion contracts docs`: one page per contract, an index with search, the lineage. */
export function docsCommand({ directory, out }: DocsOptions, output: Output): ExitCode {
  const pages = contractSite(projectRoot(directory), fieldUses(directory));
  const folder = resolve(directory, out);
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of pages) writeFileSync(join(folder, name), text);
  } catch (error) {
    throw new OptionsError([`--out ${out}: ${(error as Error).message}; name a folder that can be written`]);
  }
  output.stdout.write(`${pages.size} pages in ${out}, start at ${join(out, "index.html")}\n`);
  return 0;
}
