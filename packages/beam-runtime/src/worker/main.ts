import { Console } from "node:console";
import { parseArgs } from "node:util";
import { credentials } from "@grpc/grpc-js";
import "apache-beam";
import { ProvisionServiceClient } from "apache-beam/proto/beam_provision_api.grpc-client";
import { UNLIMITED, workerMetadata } from "./grpc-options";
import { Worker } from "./worker";

/** The container's contract: `beam-worker --id … --control_endpoint … --require <module>…`. Ends when the runner says so. */
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
      require: { type: "string", multiple: true },
    },
  });
  const { id, control_endpoint, provision_endpoint } = values;
  if (typeof id !== "string") throw new Error("beam-worker: --id is missing");
  // Prism quotes the id as a shell would need it, but starts no shell.
  const workerId = id.replace(/^'(.*)'$/, "$1");
  for (const name of values.require ?? []) {
    require(require.resolve(String(name), { paths: [__dirname, process.cwd()] }));
  }
  const controlEndpoint = control_endpoint ?? (await provisionedEndpoint(workerId, provision_endpoint));
  if (typeof controlEndpoint !== "string") throw new Error("beam-worker: --control_endpoint is missing");
  const worker = new Worker(workerId, controlEndpoint);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => worker.stop());
  await worker.finished;
  worker.stop();
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
