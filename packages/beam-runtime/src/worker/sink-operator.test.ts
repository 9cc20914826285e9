import "../sdk";
import { type Coder, Context } from "apache-beam/coders/coders";
import { BytesCoder } from "apache-beam/coders/required_coders";
import type { PipelineContext } from "apache-beam/internal/pipeline";
import { ProcessBundleDescriptor, RemoteGrpcPort } from "apache-beam/proto/beam_fn_api";
import { PTransform } from "apache-beam/proto/beam_runner_api";
import { createOperator, type IOperator, NonPromise, OperatorContext } from "apache-beam/worker/operators";
import { Reader } from "protobufjs";
import { expect, test } from "vitest";

const SINK = "beam:runner:sink:v1";
const coder = new BytesCoder();

/** Writes ten elements of 600 kB while the runner is slow to take them, and gives those that were sent. */
async function sentBy(create: (context: OperatorContext) => IOperator): Promise<number[]> {
  const sent: number[] = [];
  const take = (data: Uint8Array): void => {
    const reader = new Reader(data);
    while (reader.pos < reader.len) sent.push(coder.decode(reader, Context.needsDelimiters)[0] as number);
  };
  let release = (): void => undefined;
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  const send = (data: Uint8Array): Promise<void> => {
    take(data);
    return slow;
  };
  const channel = { send, sendData: send, close: () => undefined };
  const payload = RemoteGrpcPort.toBinary({ apiServiceDescriptor: { url: "runner" } as never, coderId: "bytes" });
  const descriptor = ProcessBundleDescriptor.create({
    transforms: { write: PTransform.create({ spec: { urn: SINK, payload }, inputs: { in: "pc" } }) },
    coders: { bytes: (coder as Coder<unknown>).toProto({} as PipelineContext) },
  });
  const operator = create(
    new OperatorContext(
      descriptor,
      () => undefined as never,
      () => ({ sendChannel: () => channel, getSendChannel: () => channel }) as never,
      () => undefined as never,
      () => "bundle",
      {},
      undefined as never,
    ),
  );
  await operator.startBundle();
  const processed: Promise<void>[] = [];
  for (let element = 0; element < 10; element++) {
    const bytes = new Uint8Array(600_000).fill(element);
    const result = operator.process(bytes as never);
    if (result !== NonPromise) processed.push(result);
  }
  release();
  await Promise.all(processed);
  await operator.finishBundle();
  return sent.sort((a, b) => a - b);
}

test("every element is sent once, while the runner is slow to take them; the SDK's sink sends the first nine times", async () => {
  // Before this package's sink takes the place of the SDK's.
  const ofSdk = await sentBy((context) => createOperator("write", context));
  const { SinkOperator } = await import("./sink-operator.js");
  const ours = await sentBy((context) => createOperator("write", context));
  expect(SinkOperator.name).toBe("SinkOperator");
  expect(ours).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  // Each flush finds the buffer of the one before it, and sends it again with one element more.
  expect(ofSdk).toEqual(ours.flatMap((element) => Array<number>(Math.min(9, 10 - element)).fill(element)));
});
