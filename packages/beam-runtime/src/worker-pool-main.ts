import { parseArgs } from "node:util";
import { WorkerPool } from "./worker-pool";

/** What `beam-worker-pool` is called with is wrong. */
export class WorkerPoolArgumentsError extends Error {
  override readonly name = "WorkerPoolArgumentsError" as const;
}

/**
 * `beam-worker-pool --port N --require <module>…`: a worker pool until SIGTERM or SIGINT. Says its address on stdout, and on
 * stderr what workers write there and which ended that nobody stopped.
 */
export async function runWorkerPool(args: readonly string[]): Promise<void> {
  const { port, modules } = poolArguments(args);
  const say = (text: string): void => void process.stderr.write(text);
  const pool = await WorkerPool.start({
    port,
    modules,
    onStderr: say,
    onLostWorker: (message) => say(`${message}\n`),
  });
  process.stdout.write(`${pool.address}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
  pool.stop();
}

function poolArguments(args: readonly string[]): { readonly port: number; readonly modules: readonly string[] } {
  const faults: string[] = [];
  const { values, tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: { port: { type: "string" }, require: { type: "string", multiple: true } },
  });
  for (const token of tokens) {
    if (token.kind === "positional") faults.push(`${token.value}: is no option`);
    else if (token.kind === "option" && token.name !== "port" && token.name !== "require") {
      faults.push(`${token.rawName}: is no option; there are --port and --require`);
    }
  }
  const { port = "0", require: given = [] } = values;
  const modules: string[] = [];
  if (typeof port !== "string" || !/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    faults.push(`--port ${port === true ? "" : port}: write a number from 0 (any free port) to 65535`);
  }
  if (given.length === 0) faults.push("--require is missing: name the modules whose functions the pipelines call");
  for (const name of given) {
    if (typeof name !== "string" || name === "") faults.push("--require has no name");
    else if (canLoad(name)) modules.push(name);
    else faults.push(`--require ${name}: there is no such module, seen from ${process.cwd()}`);
  }
  if (faults.length > 0) throw new WorkerPoolArgumentsError(faults.join("\n"));
  return { port: Number(port), modules };
}

/** Where a worker looks too. */
function canLoad(name: string): boolean {
  try {
    require.resolve(name, { paths: [__dirname, process.cwd()] });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "MODULE_NOT_FOUND" || code === "ERR_PACKAGE_PATH_NOT_EXPORTED") return false;
    throw error;
  }
}
