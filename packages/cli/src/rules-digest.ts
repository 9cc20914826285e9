import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Packages whose code and contracts decide what rows a log gives. */
const RULING = [
  "@junoplus/contracts",
  "@junoplus/beam-runtime",
  "@junoplus/bronze-ingest",
  "@junoplus/silver-transforms",
  "@junoplus/gold-aggregates",
  "@junoplus/cli",
] as const;

/**
 * SHA-256, hexadecimal, of the compiled code that makes rows of changes, its contracts with it: rows made by other code are
 * no base to go on from. Any change of the code counts, since none can be told to be without effect.
 */
export function rulesDigest(): string {
  const digest = createHash("sha256");
  for (const name of RULING) {
    const folder = dirname(require.resolve(name));
    for (const file of codeOf(folder)) digest.update(`${name}/${file}\n`).update(readFileSync(join(folder, file)));
  }
  return digest.digest("hex");
}

function codeOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js") && !file.endsWith(".test.js") && !/(^|[\\/])testing[\\/]/.test(file))
    .sort();
}
