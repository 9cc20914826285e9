import { join } from "node:path";
import { parseArgs } from "node:util";
import { credentials } from "@grpc/grpc-js";
import "../sdk";
import { LogEntry_Severity_Enum } from "apache-beam/proto/beam_fn_api";
import type { ProvisionInfo } from "apache-beam/proto/beam_provision_api";
import { ProvisionServiceClient } from "apache-beam/proto/beam_provision_api.grpc-client";
import { UNLIMITED, workerMetadata } from "./grpc-options";
import { LoggingChannel } from "./logging-channel";
import { OwnBundles } from "./own-bundles";
import { ProcessBundles } from "./process-bundles";
import { Worker } from "./worker";
import { workerConsole } from "./worker-console";

/**
 * The container's contract: `beam-worker --id … --control_endpoint … [--processes N] --require <module>…`. Gives the exit
 * code: 0 when the runner has ended the worker, 1 for a fault, which is in the log.
 */
export async function runWorker(args: readonly string[]): Promise<0 | 1> {
  const log = new LoggingChannel((line) => void process.stderr.write(line));
  // stdout belongs to whoever started the worker; the SDK prints there.
  globalThis.console = workerConsole(log);
  // Faults outside of any bundle: no answer to the runner tells of them.
  const fault = new Promise<never>((_resolve, reject) => {
    process.on("uncaughtException", reject);
    process.on("unhandledRejection", reject);
  });
  try {
    await Promise.race([serve(args, log), fault]);
    return 0;
  } catch (error) {
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    log.log(LogEntry_Severity_Enum.CRITICAL, message, stack);
    return 1;
  } finally {
    await log.close();
  }
}

async function serve(args: readonly string[], log: LoggingChannel): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    // A runner may say more than this worker needs to know.
    strict: false,
    options: {
      id: { type: "string" },
      control_endpoint: { type: "string" },
      logging_endpoint: { type: "string" },
      provision_endpoint: { type: "string" },
      processes: { type: "string", default: "1" },
      require: { type: "string", multiple: true },
    },
  });
  const { id, control_endpoint, logging_endpoint, provision_endpoint } = values;
  if (typeof id !== "string") throw new Error("beam-worker: --id is missing");
  // Prism quotes the id as a shell would need it, but starts no shell.
  const workerId = id.replace(/^'(.*)'$/, "$1");
  const modules = (values.require ?? []).map(String);
  const processes = numberOfProcesses(String(values.processes));
  const provisioned = await provisionInfo(workerId, provision_endpoint);
  const loggingEndpoint = logging_endpoint ?? provisioned?.loggingEndpoint?.url;
  if (typeof loggingEndpoint === "string") log.open(loggingEndpoint, workerId);
  else log.useStderr();
  const controlEndpoint = control_endpoint ?? provisioned?.controlEndpoint?.url;
  if (typeof controlEndpoint !== "string") throw new Error("beam-worker: --control_endpoint is missing");
  const worker = new Worker(
    workerId,
    controlEndpoint,
    processes === 1
      ? ownBundles(workerId, modules)
      : new ProcessBundles({ workerId, processes, command: commandOf(workerId, modules, loggingEndpoint) }),
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

/** This program, for one process of a worker; each sends its log to the runner by itself. */
function commandOf(
  workerId: string,
  modules: readonly string[],
  loggingEndpoint: string | boolean | undefined,
): readonly [string, ...string[]] {
  const program = join(__dirname, "../../bin/beam-worker.js");
  const logging = typeof loggingEndpoint === "string" ? [`--logging_endpoint=${loggingEndpoint}`] : [];
  const required = modules.map((name) => `--require=${name}`);
  return [process.execPath, ...process.execArgv, program, `--id=${workerId}`, ...logging, ...required];
}

function provisionInfo(workerId: string, endpoint: unknown): Promise<ProvisionInfo | undefined> {
  if (typeof endpoint !== "string") return Promise.resolve(undefined);
  const client = new ProvisionServiceClient(endpoint, credentials.createInsecure(), UNLIMITED);
  return new Promise((resolve, reject) => {
    client.getProvisionInfo({}, workerMetadata(workerId), {}, (error, response) => {
      client.close();
      if (error) reject(error);
      else resolve(response?.info);
    });
  });
}
