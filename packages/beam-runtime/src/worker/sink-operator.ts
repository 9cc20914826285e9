import "../sdk";
import { type Coder, Context } from "apache-beam/coders/coders";
import type { PTransform } from "apache-beam/proto/beam_runner_api";
import {
  type IOperator,
  NonPromise,
  type OperatorContext,
  type ProcessResult,
  registerOperator,
} from "apache-beam/worker/operators";
import { Writer } from "protobufjs";
import type { WindowedValue } from "../sdk";
import type { DataChannel, SendChannel } from "./data-channel";
import { remotePort } from "./remote-port";

const SEND_BYTES = 1 << 20;

/**
 * Sends a step's output to the runner. A full buffer is swapped for an empty one before it is sent: elements go on coming
 * in while the runner is slow to take them, and each is sent once.
 */
export class SinkOperator implements IOperator {
  private readonly dataChannel: DataChannel;
  private readonly coder: Coder<unknown>;
  private readonly bundleId: () => string;
  private channel: SendChannel | undefined;
  private buffer = new Writer();

  constructor(
    readonly transformId: string,
    transform: PTransform,
    context: OperatorContext,
  ) {
    const { dataChannel, coder } = remotePort(transform, context);
    this.dataChannel = dataChannel;
    this.coder = coder;
    this.bundleId = context.getBundleId;
  }

  startBundle(): Promise<void> {
    this.channel = this.dataChannel.sendChannel(this.bundleId(), this.transformId);
    this.buffer = new Writer();
    return Promise.resolve();
  }

  process(element: WindowedValue<unknown>): ProcessResult {
    this.coder.encode(element, this.buffer, Context.needsDelimiters);
    return this.buffer.len > SEND_BYTES ? this.flush() : NonPromise;
  }

  async finishBundle(): Promise<void> {
    const sent = this.flush();
    if (sent !== NonPromise) await sent;
    this.channel?.close();
  }

  private flush(): ProcessResult {
    if (this.buffer.len === 0) return NonPromise;
    const full = this.buffer;
    this.buffer = new Writer();
    return this.channel?.send(full.finish()) ?? NonPromise;
  }
}

registerOperator("beam:runner:sink:v1", SinkOperator);
