import { Server, type ServerDuplexStream } from "@grpc/grpc-js";
import "../sdk";
import { Elements } from "apache-beam/proto/beam_fn_api";
import { beamFnDataDefinition } from "apache-beam/proto/beam_fn_api.grpc-server";
import { type IDataChannel, MultiplexingDataChannel } from "apache-beam/worker/data";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listenOnLoopback } from "../listen-on-loopback";
import { DataChannel } from "./data-channel";

const channels = {
  sdk: (endpoint: string) => new MultiplexingDataChannel(endpoint, "w"),
  ours: (endpoint: string) => DataChannel.open(endpoint, "w"),
};

type Stream = ServerDuplexStream<Elements, Elements>;

let server: Server;
let endpoint: string;
let opened: Promise<Stream>;

beforeEach(async () => {
  server = new Server({ "grpc.max_send_message_length": -1 });
  opened = new Promise((resolve) => {
    server.addService(beamFnDataDefinition, { data: resolve });
  });
  endpoint = await listenOnLoopback(server);
});

afterEach(() => server.forceShutdown());

function message(instructionId: string, data: Uint8Array, isLast = false): Elements {
  return Elements.create({ data: [{ instructionId, transformId: "read", data, isLast }] });
}

/** Notes what a step is given; holds back the end of each data until the gate opens. */
function consumer(log: string[], gate: Promise<void>, onClose: () => void = () => undefined): IDataChannel {
  return {
    async sendData(data) {
      // As the SDK's source does: nothing to do takes no time.
      if (data.length === 0) return;
      log.push(`start ${data.length}`);
      await gate;
      log.push(`end ${data.length}`);
    },
    sendTimers: () => Promise.reject(new Error("no timers")),
    close() {
      log.push("close");
      onClose();
    },
    onError: (error: unknown) => void log.push(String(error)),
  };
}

/** A bundle is held back in its first data; its rest comes in, and another bundle runs from start to end. */
async function heldBack(open: (endpoint: string) => MultiplexingDataChannel | DataChannel): Promise<{
  readonly whileHeld: readonly string[];
  readonly afterwards: readonly string[];
}> {
  const channel = open(endpoint);
  const stream = await opened;
  const log: string[] = [];
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const closed = new Promise<void>((resolve) => {
    void channel.registerConsumer("slow", "read", consumer(log, gate, resolve));
  });
  const other = new Promise<void>((resolve) => {
    void channel.registerConsumer("other", "read", consumer([], Promise.resolve(), resolve));
  });
  stream.write(message("slow", new Uint8Array(1)));
  stream.write(message("slow", new Uint8Array(2)));
  stream.write(message("slow", new Uint8Array(0), true));
  stream.write(message("other", new Uint8Array(1), true));
  await other;
  const whileHeld = [...log];
  release();
  await closed;
  // What was released ends in the turns after this one.
  await new Promise((resolve) => setImmediate(resolve));
  channel.close();
  return { whileHeld, afterwards: log };
}

test("the end of a bundle comes after its data, and no bundle waits for another", async () => {
  const { whileHeld, afterwards } = await heldBack(channels.ours);
  expect(whileHeld).toEqual(["start 1"]);
  expect(afterwards).toEqual(["start 1", "end 1", "start 2", "end 2", "close"]);
});

test("with the SDK's channel the end overtakes the data", async () => {
  const { whileHeld } = await heldBack(channels.sdk);
  expect(whileHeld).toEqual(["start 1", "start 2", "close"]);
});

test("a message may be larger than 4 MB", async () => {
  const channel = channels.ours(endpoint);
  const stream = await opened;
  const log: string[] = [];
  const closed = new Promise<void>((resolve) => {
    void channel.registerConsumer("b", "read", consumer(log, Promise.resolve(), resolve));
  });
  stream.write(message("b", new Uint8Array(5e6), true));
  await closed;
  expect(log).toEqual(["start 5000000", "end 5000000", "close"]);
  channel.close();
});

test("with the SDK's channel a message of 5 MB breaks the channel", async () => {
  const channel = new MultiplexingDataChannel(endpoint, "w");
  const stream = await opened;
  const broken = new Promise<Error>((resolve) => {
    channel.dataChannel.on("error", resolve);
  });
  stream.write(message("b", new Uint8Array(5e6), true));
  expect((await broken).message).toContain("RESOURCE_EXHAUSTED");
});

test("a channel that breaks fails the bundles that read from it", async () => {
  const channel = channels.ours(endpoint);
  const stream = await opened;
  const failed = new Promise<unknown>((resolve) => {
    const broken = { ...consumer([], Promise.resolve()), onError: resolve };
    void channel.registerConsumer("b", "read", broken);
  });
  stream.end();
  expect(String(await failed)).toContain("the runner closed the data channel");
});
