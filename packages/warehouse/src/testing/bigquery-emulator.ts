import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { untilReady } from "@junoplus/contracts/testing/until-ready";
import { EMULATOR_PACKAGES } from "./bigquery-emulator-packages";

const CACHE = join(__dirname, "../../../../.cache");
/** Beside the source: it is not compiled. */
const SERVE = join(__dirname, "../../src/testing/serve_bigquery_emulator.py");

/** A BigQuery of one's own on this machine (local-bigquery, a Python program). */
export interface BigQueryEmulator {
  readonly endpoint: string;
  /** Of the Storage API, `HOST:PORT`. */
  readonly grpcEndpoint: string;
  readonly project: string;
  /** Comes when no job is under way: BigQuery ends what it was sent, though nobody listens. */
  jobsAreDone(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * True where suites that need the emulator are left out: the machine has no Python 3.13. Under CI=true they are not, and fail.
 */
export const withoutBigQueryEmulator = python() === null && process.env["CI"] !== "true";

/**
 * Starts an empty emulator on loopback; the first time on a machine it is installed below .cache. Its Storage API sends at
 * most so many rows in one message.
 */
export async function startBigQueryEmulator({ messageRows = 100_000 } = {}): Promise<BigQueryEmulator> {
  const folder = installed();
  const [port, grpcPort] = [await freePort(), await freePort()];
  const data = mkdtempSync(join(tmpdir(), "bigquery-emulator-"));
  const project = "p1";
  const serve = ["--host", "127.0.0.1", "--port", String(port), "--grpc-port", String(grpcPort)];
  const child = spawn(
    join(folder, "bin/python"),
    [SERVE, "serve", ...serve, "--project", project, "--data-dir", data],
    {
      stdio: ["pipe", "ignore", "pipe"],
      // DuckDB looks for its extensions in the home folder, and would fetch them.
      env: { ...process.env, HOME: join(folder, "home"), MESSAGE_ROWS: String(messageRows) },
    },
  );
  const told = { text: "" };
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    told.text = `${told.text}${text}`.slice(-4000);
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(data, { recursive: true, force: true });
  };
  const jobsAreDone = async (): Promise<void> => {
    const busy = ["running", "pending"].map((state) => `stateFilter=${state}`).join("&");
    for (;;) {
      const response = await fetch(`${endpoint}/bigquery/v2/projects/${project}/jobs?${busy}`);
      const { jobs = [] } = (await response.json()) as { jobs?: readonly unknown[] };
      if (jobs.length === 0) return;
      await setTimeout(50);
    }
  };
  try {
    await untilReady(child, `${endpoint}/bigquery/v2/projects/${project}/datasets`);
  } catch (error) {
    await stop();
    throw new Error(`the BigQuery emulator did not start: ${told.text}`, { cause: error });
  }
  return { endpoint, grpcEndpoint: `127.0.0.1:${grpcPort}`, project, jobsAreDone, stop };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

/** The folder of the emulator's virtual environment, made when it is missing. */
function installed(): string {
  const version = createHash("sha256").update(EMULATOR_PACKAGES.join()).digest("hex").slice(0, 8);
  const folder = join(CACHE, `bigquery-emulator-${version}`);
  if (existsSync(folder)) return folder;
  const interpreter = python();
  if (interpreter === null) {
    throw new Error("the BigQuery emulator needs Python 3.13: put python3.13 on the PATH, or install it with pyenv");
  }
  process.stderr.write("installing the BigQuery emulator below .cache (once, about half a minute)\n");
  // Beside its place, then moved: processes that install at the same time do not see each other's half.
  mkdirSync(CACHE, { recursive: true });
  const made = mkdtempSync(join(CACHE, "bigquery-emulator-new-"));
  try {
    run(interpreter, ["-m", "venv", made]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
    run(join(made, "bin/python"), [...pip, ...EMULATOR_PACKAGES]);
    run(join(made, "bin/python"), ["-c", COPY_EXTENSIONS, join(made, "home")]);
    renameSync(made, folder);
  } catch (error) {
    // Unless another process was faster.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return folder;
}

/** Puts the extensions that came as packages where DuckDB looks for them. */
const COPY_EXTENSIONS = `
import duckdb, pathlib, shutil, sys, sysconfig
platform = duckdb.sql("PRAGMA platform").fetchone()[0]
version = duckdb.sql("PRAGMA version").fetchone()[0]
target = pathlib.Path(sys.argv[1], ".duckdb", "extensions", version, platform)
target.mkdir(parents=True)
for file in pathlib.Path(sysconfig.get_path("purelib")).glob("duckdb_extension_*/extensions/*/*.duckdb_extension"):
    shutil.copy(file, target)
`;

function run(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.slice(0, 3).join(" ")} ended with ${status}: ${stderr}`);
}

/** Python 3.13: on the PATH, or one of pyenv's; null when there is none. */
function python(): string | null {
  if (spawnSync("python3.13", ["--version"]).status === 0) return "python3.13";
  const versions = join(homedir(), ".pyenv/versions");
  const found = existsSync(versions) ? readdirSync(versions).find((name) => name.startsWith("3.13.")) : undefined;
  return found === undefined ? null : join(versions, found, "bin/python");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
