import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OptionsError } from "./options-error";

/** Where contracts lie in the repository. */
export const CONTRACTS_PACKAGE = "packages/contracts";
const SCHEMAS = `${CONTRACTS_PACKAGE}/schemas`;
const CONTRACT_FILE = /^([a-z]+)\/([^/]+)\/(schema|versions\/[^/]+)\.json$/;

/** Texts of `schema.json` and of frozen versions, by path below `schemas/`. */
export type ContractFiles = ReadonlyMap<string, string>;

/** The file of a contract's newest version, relative to the root of the repository. */
export function schemaFile({ path }: { readonly path: string }): string {
  return `${CONTRACTS_PACKAGE}/${path}/schema.json`;
}

/** The contracts of the working tree that a directory lies in. Throws OptionsError outside of this project. */
export function workingContracts(directory: string): ContractFiles {
  const folder = join(contractsPackage(directory), "schemas");
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));
  return filesOf(paths.sort(), (path) => readFileSync(join(folder, path), "utf8"));
}

/** The package of contracts in the checkout that a directory lies in. Throws OptionsError where there is none. */
export function contractsPackage(directory: string): string {
  return join(projectRoot(directory), CONTRACTS_PACKAGE);
}

/** The contracts as they were at a git ref. Throws OptionsError when git knows no such ref. */
export function contractsAt(directory: string, ref: string): ContractFiles {
  const root = checkoutRoot(directory);
  const commit = git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
  if (commit === null) {
    throw new OptionsError([
      `--against ${ref}: git knows no such ref here; fetch it, or name a branch, a tag or a commit`,
    ]);
  }
  const listed = listing(root, commit.trim(), SCHEMAS);
  const paths = listed
    .split("\0")
    .map((path) => path.slice(SCHEMAS.length + 1))
    .filter((path) => CONTRACT_FILE.test(path));
  const texts = blobs(
    root,
    paths.map((path) => `${commit.trim()}:${SCHEMAS}/${path}`),
  );
  return new Map(paths.map((path, i) => [path, texts[i] ?? ""]));
}

/** Paths below a folder at a ref, each ended by a NUL. What cannot be listed is an error: no paths are no contracts. */
function listing(root: string, ref: string, folder: string): string {
  const listed = git(root, ["ls-tree", "-r", "-z", "--name-only", ref, "--", folder]);
  if (listed === null) throw new Error(`git cannot list ${folder} at ${ref} in ${root}`);
  return listed;
}

/** The texts of several objects by one process; a process for each would take longer than all else. */
function blobs(root: string, names: readonly string[]): readonly string[] {
  const { status, stdout } = spawnSync("git", ["cat-file", "--batch"], {
    cwd: root,
    input: names.map((name) => `${name}\n`).join(""),
    maxBuffer: 256 * 1024 * 1024,
    stdio: ["pipe", "pipe", "ignore"],
  });
  if (status !== 0) throw new Error(`git cannot read ${names.length} contracts in ${root}`);
  const texts: string[] = [];
  for (let at = 0; at < stdout.length; ) {
    // "<object> blob <bytes>", a line break, the bytes, a line break.
    const start = stdout.indexOf("\n", at) + 1;
    const bytes = Number(stdout.toString("utf8", at, start).trimEnd().split(" ").at(-1));
    texts.push(stdout.toString("utf8", start, start + bytes));
    at = start + bytes + 1;
  }
  return texts;
}

/** Writes the packages' sources and contracts as they were at a git ref below a folder, and nothing else of them. */
export function writePackagesAt(directory: string, ref: string, folder: string): void {
  const root = checkoutRoot(directory);
  const listed = listing(root, ref, "packages");
  const wanted = listed.split("\0").filter((path) => /^packages\/[^/]+\/(src|schemas)\//.test(path));
  if (wanted.length === 0) return;
  const archived = spawnSync("git", ["archive", "--format=tar", ref, "--", ...wanted], {
    cwd: root,
    maxBuffer: 256 * 1024 * 1024,
  });
  const extracted = spawnSync("tar", ["-x", "-C", folder], { input: archived.stdout });
  if (archived.status !== 0 || extracted.status !== 0) {
    throw new Error(`the sources at ${ref} cannot be read: ${archived.stderr}${extracted.stderr}`);
  }
}

function filesOf(paths: readonly string[], read: (path: string) => string): ContractFiles {
  return new Map(paths.filter((path) => CONTRACT_FILE.test(path)).map((path) => [path, read(path)]));
}

/** Root of the checkout of this project that a directory lies in. Throws OptionsError outside of one. */
export function projectRoot(directory: string): string {
  const root = checkoutRoot(directory);
  const folder = join(root, SCHEMAS);
  if (!existsSync(folder)) throw new OptionsError([`${folder} is not there: call medallion inside of this project`]);
  return root;
}

/** Root of the git checkout that a directory lies in. Throws OptionsError outside of one. */
function checkoutRoot(directory: string): string {
  const root = git(directory, ["rev-parse", "--show-toplevel"]);
  if (root === null) {
    throw new OptionsError([`${directory} is no git checkout: call medallion inside of this project`]);
  }
  return root.replace(/\r?\n$/, "");
}

/** What git prints; null when it refuses, or is not there at all. */
function git(directory: string, args: readonly string[]): string | null {
  const { status, stdout } = spawnSync("git", [...args], {
    cwd: directory,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return status === 0 ? stdout : null;
}
