import { spawn } from "node:child_process";
import { join } from "node:path";

/** The built command line. */
export const MAIN = join(__dirname, "../../packages/cli/bin/medallion.js");

/** What a call of the command line came to. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Modules that Node loads before the command, to plant faults from outside. */
  readonly preload?: readonly string[];
  /** Kills the command with SIGKILL when stderr has said this. */
  readonly killWhenToldOf?: string;
  /** The largest file that it may write, in KiB: what a full disk looks like. */
  readonly fileLimitKib?: number;
  /** Kills the command with SIGKILL when this comes. */
  readonly killOn?: Promise<unknown>;
  /** Kills the command with SIGKILL after this many milliseconds. */
  readonly killAfterMs?: number;
}

/** Runs the built `medallion` in a process of its own, as an operator does. */
export function medallion(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const preload = (options.preload ?? []).flatMap((path) => ["--require", path]);
  const command = [process.execPath, ...preload, MAIN, ...args];
  const { fileLimitKib } = options;
  const limited = ["bash", "-c", `ulimit -f ${fileLimitKib}; exec "$@"`, "bash", ...command];
  const [program = "", ...rest] = fileLimitKib === undefined ? command : limited;
  const child = spawn(program, rest, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { killAfterMs } = options;
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  void options.killOn?.then(() => child.kill("SIGKILL"));
  const out = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    out.stderr += text;
    if (options.killWhenToldOf !== undefined && out.stderr.includes(options.killWhenToldOf)) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, ...out });
    });
  });
}
