import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { endOf, ProcessGroup } from "../process-group";

// From the sources and from what is built of them alike.
const REQUIREMENTS = join(__dirname, "../../python/requirements.txt");
const CACHE = join(__dirname, "../../../../.cache/python-job-service");

const START_MS = 120_000;

/** There is no Python, or apache-beam cannot be installed for it. */
export class PythonMissingError extends Error {
  override readonly name = "PythonMissingError" as const;
}

/** Where Python and its apache-beam are, or will be: another list of requirements is another place. */
function environmentFolder(cacheFolder: string = CACHE): string {
  const digest = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex");
  return join(cacheFolder, digest.slice(0, 12));
}

/**
 * Whether suites run on Python's job service: where it is installed, and always under CI=true. Elsewhere `installPython` has
 * to be called once: it takes about a minute, and 700 MB.
 */
export function runsOnPython(): boolean {
  return process.env["CI"] === "true" || existsSync(environmentFolder());
}

/** The path of a Python with the pinned apache-beam; the first time it is installed, with progress on stderr. */
export async function installPython(cacheFolder: string = CACHE): Promise<string> {
  const folder = environmentFolder(cacheFolder);
  const python = join(folder, "bin/python");
  if (existsSync(python)) return python;
  mkdirSync(cacheFolder, { recursive: true });
  // Beside its place, so that another process sees it whole or not at all.
  const parts = mkdtempSync(join(cacheFolder, "install-"));
  try {
    await run("python3", ["-m", "venv", parts]);
    await run(join(parts, "bin/python"), ["-m", "pip", "install", "--requirement", REQUIREMENTS]);
    try {
      renameSync(parts, folder);
    } catch (error) {
      // Another process was first.
      if (!existsSync(python)) throw error;
    }
  } finally {
    rmSync(parts, { recursive: true, force: true });
  }
  return python;
}

async function run(command: string, args: readonly string[]): Promise<void> {
  process.stderr.write(`Python's job service: ${[command, ...args].join(" ")}\n`);
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => {
    stderr += text.toString();
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", ({ message }) => {
      reject(
        new PythonMissingError(`${command} cannot be started (${message}): install Python 3.11 with its venv module`),
      );
    });
    child.on("close", resolve);
  });
  if (status !== 0) throw new PythonMissingError(`${command} ended with ${status}:\n${stderr.slice(-4000)}`);
}

/** Python's job service (apache_beam.runners.portability.local_job_service_main) on a free port, for as many jobs as one likes. */
export class PythonJobService {
  private constructor(
    private readonly group: ProcessGroup,
    private readonly folder: string,
    /** host:port */
    readonly endpoint: string,
  ) {}

  static async start(): Promise<PythonJobService> {
    const python = await installPython();
    const folder = mkdtempSync(join(tmpdir(), "python-job-service-"));
    const portFile = join(folder, "port");
    const group = ProcessGroup.start(python, [
      ...["-m", "apache_beam.runners.portability.local_job_service_main"],
      ...["--port", "0", "--port_file", portFile, "--staging_dir", join(folder, "staging")],
    ]);
    const service = (port: string): PythonJobService => new PythonJobService(group, folder, `localhost:${port}`);
    try {
      const broken = group.ended.then((end) => {
        throw new Error(`Python's job service ended with ${endOf(end)}:\n${group.lastLines()}`);
      });
      return service(await Promise.race([portOf(portFile), broken]));
    } catch (error) {
      service("0").stop();
      throw error;
    }
  }

  /** What the service said last. */
  lastLines(count?: number): string {
    return this.group.lastLines(count);
  }

  stop(): void {
    this.group.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The port file comes whole, once the service listens. */
async function portOf(portFile: string): Promise<string> {
  const end = Date.now() + START_MS;
  while (!existsSync(portFile)) {
    if (Date.now() > end) throw new Error(`Python's job service does not listen after ${START_MS / 1000} s`);
    await setTimeout(50);
  }
  return readFileSync(portFile, "utf8");
}
