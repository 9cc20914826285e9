import { type Metadata, Server, type ServerDuplexStream, type sendUnaryData, status } from "@grpc/grpc-js";
import "../sdk";
import { InstructionRequest, type InstructionResponse, ProcessBundleDescriptor } from "apache-beam/proto/beam_fn_api";
import { beamFnControlDefinition, beamFnStateDefinition } from "apache-beam/proto/beam_fn_api.grpc-server";
import { MultiplexingStateChannel } from "apache-beam/worker/state";
import { Worker as SdkWorker } from "apache-beam/worker/worker";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listenOnLoopback } from "../listen-on-loopback";
import { OwnBundles } from "./own-bundles";
import { StateChannel } from "./state-channel";
import { Worker } from "./worker";

type Control = ServerDuplexStream<InstructionResponse, InstructionRequest>;

let server: Server;
let endpoint: string;
let opened: Promise<Control>;
let stateOpened: Promise<Metadata>;

/** A runner that refuses calls of which it does not know the worker, as Prism does. */
beforeEach(async () => {
  server = new Server();
  opened = new Promise((resolve) => {
    server.addService(beamFnControlDefinition, {
      control: resolve,
      getProcessBundleDescriptor: (
        { metadata }: { metadata: Metadata },
        done: sendUnaryData<ProcessBundleDescriptor>,
      ) => {
        if (metadata.get("worker_id")[0] === "w") done(null, ProcessBundleDescriptor.create({ id: "d" }));
        else done({ code: status.UNKNOWN, details: "no worker_id" });
      },
    });
  });
  stateOpened = new Promise((resolve) => {
    server.addService(beamFnStateDefinition, { state: ({ metadata }: { metadata: Metadata }) => resolve(metadata) });
  });
  endpoint = await listenOnLoopback(server);
});

afterEach(() => server.forceShutdown());

/** The worker's answer to a bundle whose description it has to ask for. */
async function bundleAnswered(): Promise<InstructionResponse> {
  const control = await opened;
  const answer = new Promise<InstructionResponse>((resolve) => control.on("data", resolve));
  const processBundle = { processBundleDescriptorId: "d", cacheTokens: [] };
  control.write(
    InstructionRequest.create({ instructionId: "b", request: { oneofKind: "processBundle", processBundle } }),
  );
  return answer;
}

test("the worker says who it is when it asks for a bundle's description", async () => {
  const worker = new Worker("w", endpoint, new OwnBundles("w"));
  expect(await bundleAnswered()).toMatchObject({ error: "", response: { oneofKind: "processBundle" } });
  await worker.stop();
  await worker.finished;
});

test("the SDK's worker does not, and its bundle fails", async () => {
  const worker = new SdkWorker("w", { controlUrl: endpoint });
  worker.controlChannel.on("error", () => undefined);
  expect((await bundleAnswered()).error).toBe("Error: 2 UNKNOWN: no worker_id");
  worker.stop();
});

test("reads of side inputs say who asks", async () => {
  const ours = StateChannel.open(endpoint, "w");
  expect((await stateOpened).get("worker_id")).toEqual(["w"]);
  ours.close();
});

test("on the SDK's state channel too: only its unary call is without", async () => {
  const channel = new MultiplexingStateChannel(endpoint, "w");
  channel.stateChannel.on("error", () => undefined);
  expect((await stateOpened).get("worker_id")).toEqual(["w"]);
  channel.close();
});
