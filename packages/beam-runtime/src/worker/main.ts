import { Console } from "node:console";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { credentials } from "@grpc/grpc-js";
import "apache-beam";
import { ProvisionServiceClient } from "apache-beam/proto/beam_provision_api.grpc-client";
import { UNLIMITED, workerMetadata } from "./grpc-options";
import { OwnBundles } from "./own-bundles";
import { ProcessBundles } from "./process-bundles";
import { Worker } from "./worker";

/**
 * The container's contract: `beam-worker --id … --control_endpoint … [--processes N] --require <module>…`. Ends when the
 * runner says so.
 */
export async function runWorker(args: readonly string[]): Promise<void> {
  // stdout belongs to whoever started the worker; the SDK prints there.
  globalThis.console = new Console(process.stderr, process.stderr);
  const { values } = parseArgs({
    args: [...args],
    // A runner may say more than this worker needs to know.
    strict: false,
    options: {
      id: { type: "string" },
      control_endpoint: { type: "string" },
      provision_endpoint: { type: "string" },
      processes: { type: "string", default: "1" },
      require: { type: "string", multiple: true },
    },
  });
  const { id, control_endpoint, provision_endpoint } = values;
  if (typeof id !== "string") throw new Error("beam-worker: --id is missing");
  // Prism quotes the id as a shell would need it, but starts no shell.
  const workerId = id.replace(/^'(.*)'$/, "$1");
  const modules = (values.require ?? []).map(String);
  const processes = numberOfProcesses(String(values.processes));
  const controlEndpoint = control_endpoint ?? (await provisionedEndpoint(workerId, provision_endpoint));
  if (typeof controlEndpoint !== "string") throw new Error("beam-worker: --control_endpoint is missing");
  const worker = new Worker(
    workerId,
    controlEndpoint,
    processes === 1
      ? ownBundles(workerId, modules)
      : new ProcessBundles({ workerId, processes, command: commandOf(workerId, modules) }),
  );
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void worker.stop());
  try {
    await worker.finished;
  } finally {
    await worker.stop();
  }
}

function numberOfProcesses(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new Error(`beam-worker: --processes ${text}: write a whole number from 1 to 99`);
}

/** A process that calls no step loads none of the pipeline's modules. */
function ownBundles(workerId: string, modules: readonly string[]): OwnBundles {
  for (const name of modules) require(require.resolve(name, { paths: [__dirname, process.cwd()] }));
  return new OwnBundles(workerId);
}

/** This program, for one process of a worker. */
function commandOf(workerId: string, modules: readonly string[]): readonly [string, ...string[]] {
  const program = join(__dirname, "../../bin/beam-worker.js");
  const required = modules.map((name) => `--require=${name}`);
  return [process.execPath, ...process.execArgv, program, `--id=${workerId}`, ...required];
}

function provisionedEndpoint(workerId: string, endpoint: unknown): Promise<string | undefined> {
  if (typeof endpoint !== "string") return Promise.resolve(undefined);
  const client = new ProvisionServiceClient(endpoint, credentials.createInsecure(), UNLIMITED);
  return new Promise((resolve, reject) => {
    client.getProvisionInfo({}, workerMetadata(workerId), {}, (error, response) => {
      client.close();
      if (error) reject(error);
      else resolve(response?.info?.controlEndpoint?.url);
    });
  });
}
