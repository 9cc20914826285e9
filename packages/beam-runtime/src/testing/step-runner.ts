import "../sdk";
import { Server, type ServerDuplexStream } from "@grpc/grpc-js";
import { type Coder, Context } from "apache-beam/coders/coders";
import { Pipeline, PipelineContext } from "apache-beam/internal/pipeline";
import { type Elements, ProcessBundleDescriptor, RemoteGrpcPort } from "apache-beam/proto/beam_fn_api";
import { beamFnDataDefinition } from "apache-beam/proto/beam_fn_api.grpc-server";
import { PTransform } from "apache-beam/proto/beam_runner_api";
import { GlobalWindow, Timing } from "apache-beam/values";
import { Reader, Writer } from "protobufjs";
import { createFrom } from "../create";
import { type Deferred, deferred } from "../deferred";
import { withJsonCoder } from "../json-coder";
import { listenOnLoopback } from "../listen-on-loopback";
import { type PCollection, Root, type WindowedValue } from "../sdk";

type DataStream = ServerDuplexStream<Elements, Elements>;

interface Output {
  readonly chunks: Uint8Array[];
  readonly whole: Deferred<void>;
}

/** The runner's end of one step: hands out bundles for it, and collects what comes back. */
export class StepRunner {
  private readonly server = new Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  private readonly opened: Promise<DataStream>;
  private readonly outputs = new Map<string, Output>();
  private coder: Coder<WindowedValue<unknown>> | undefined;
  /** What a worker is told of the step. */
  descriptor = ProcessBundleDescriptor.create({ id: "step" });

  private constructor() {
    this.opened = new Promise((resolve) => {
      this.server.addService(beamFnDataDefinition, {
        data: (stream: DataStream) => {
          stream.on("data", (elements: Elements) => this.take(elements));
          stream.on("error", () => undefined);
          resolve(stream);
        },
      });
    });
  }

  static async of(step: (input: PCollection<unknown>) => PCollection<unknown>): Promise<StepRunner> {
    const runner = new StepRunner();
    runner.descriptor = describe(step, await listenOnLoopback(runner.server));
    runner.coder = new PipelineContext(runner.descriptor as never, "").getCoder("windowed");
    return runner;
  }

  /** Sends elements for a bundle, a few in each message. */
  async send(bundleId: string, elements: readonly unknown[], inOneMessage = 10): Promise<void> {
    const stream = await this.opened;
    const message = (data: Uint8Array, isLast: boolean): void => {
      stream.write({ data: [{ instructionId: bundleId, transformId: "source", data, isLast }], timers: [] });
    };
    for (let first = 0; first < elements.length; first += inOneMessage) {
      message(this.encoded(elements.slice(first, first + inOneMessage)), false);
    }
    message(new Uint8Array(), true);
  }

  /** What a bundle gave, when it has given all. */
  async output(bundleId: string): Promise<readonly unknown[]> {
    const { chunks, whole } = this.outputOf(bundleId);
    await whole.promise;
    const reader = new Reader(Buffer.concat(chunks));
    const elements: unknown[] = [];
    while (reader.pos < reader.len) elements.push(this.coder?.decode(reader, Context.needsDelimiters).value);
    return elements;
  }

  close(): void {
    this.server.forceShutdown();
  }

  private encoded(values: readonly unknown[]): Uint8Array {
    const writer = new Writer();
    const window = new GlobalWindow();
    const pane = { timing: Timing.ON_TIME, index: 0, onTimeIndex: 0, isFirst: true, isLast: true };
    for (const value of values) {
      const element = { value, windows: [window], pane, timestamp: window.maxTimestamp() };
      this.coder?.encode(element, writer, Context.needsDelimiters);
    }
    return writer.finish();
  }

  private take(elements: Elements): void {
    for (const { instructionId, data, isLast } of elements.data) {
      const output = this.outputOf(instructionId);
      output.chunks.push(data);
      if (isLast) output.whole.resolve();
    }
  }

  private outputOf(bundleId: string): Output {
    let output = this.outputs.get(bundleId);
    if (output === undefined) {
      output = { chunks: [], whole: deferred() };
      this.outputs.set(bundleId, output);
    }
    return output;
  }
}

function describe(step: (input: PCollection<unknown>) => PCollection<unknown>, url: string): ProcessBundleDescriptor {
  const pipeline = new Pipeline();
  const input = new Root(pipeline).apply(createFrom<unknown>([]));
  const output = step(input);
  const { components } = withJsonCoder(pipeline.getProto());
  if (components === undefined) throw new Error("a pipeline without components");
  const [name, transform] =
    Object.entries(components.transforms).find(([, { outputs }]) => Object.values(outputs).includes(output.getId())) ??
    [];
  if (name === undefined || transform === undefined) throw new Error("no transform gives the step's output");
  const [windowing] = Object.values(components.windowingStrategies);
  const port = RemoteGrpcPort.toBinary(
    RemoteGrpcPort.create({ coderId: "windowed", apiServiceDescriptor: { url } } as Partial<RemoteGrpcPort>),
  );
  return ProcessBundleDescriptor.create({
    id: "step",
    transforms: {
      source: PTransform.create({
        uniqueName: "source",
        spec: { urn: "beam:runner:source:v1", payload: port },
        outputs: { out: input.getId() },
      }),
      [name]: transform,
      sink: PTransform.create({
        uniqueName: "sink",
        spec: { urn: "beam:runner:sink:v1", payload: port },
        inputs: { in: output.getId() },
      }),
    },
    pcollections: components.pcollections,
    coders: {
      ...components.coders,
      windowed: {
        spec: { urn: "beam:coder:windowed_value:v1", payload: new Uint8Array() },
        componentCoderIds: [components.pcollections[input.getId()]?.coderId ?? "", windowing?.windowCoderId ?? ""],
      },
    },
    windowingStrategies: components.windowingStrategies,
    environments: components.environments,
  });
}
