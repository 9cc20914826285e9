import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

const PROJECT = join(__dirname, "../..");

/**
 * A checkout of its own of the project as it is now, committed on `main`, in which everything can be edited, built and run.
 * Installed packages are linked; the project's own are those of the checkout.
 */
export function scratchProject(root: string): void {
  for (const path of trackedFiles()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(join(PROJECT, path), join(root, path), { preserveTimestamps: true });
  }
  const [from, to] = [join(PROJECT, "node_modules"), join(root, "node_modules")];
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    // These two link into the checkout that they lie in; everything else is the same wherever it is.
    const isOwn = name === "@junoplus" || name === ".bin";
    if (isOwn) cpSync(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
    else symlinkSync(join(from, name), join(to, name));
  }
  // Versions that only one package has lie in it.
  for (const name of readdirSync(join(PROJECT, "packages"))) {
    const nested = join("packages", name, "node_modules");
    if (existsSync(join(PROJECT, nested))) symlinkSync(join(PROJECT, nested), join(root, nested));
  }
  const git = (...args: readonly string[]): string => checked("git", args, root);
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "Test");
  git("config", "user.email", "test@example.org");
  git("config", "commit.gpgsign", "false");
  git("add", "--all");
  git("commit", "--quiet", "--message", "the project");
}

/** Runs a command, and gives what it printed. Throws with its output when it ends with another code than 0. */
export function checked(command: string, args: readonly string[], cwd: string, input?: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, [...args], {
    cwd,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    ...(input !== undefined && { input }),
    // Builds of unchanged packages are kept beside the project's other caches.
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_CACHE_DIR: join(PROJECT, ".cache/turbo-scratch") },
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

function trackedFiles(): readonly string[] {
  const listed = checked("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], PROJECT);
  const deleted = new Set(checked("git", ["ls-files", "-z", "--deleted"], PROJECT).split("\0"));
  return listed.split("\0").filter((path) => path !== "" && !deleted.has(path));
}
