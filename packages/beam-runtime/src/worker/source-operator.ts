import "../sdk";
import { type Coder, Context } from "apache-beam/coders/coders";
import type {
  ProcessBundleSplitResponse_ChannelSplit as ChannelSplit,
  ProcessBundleSplitRequest_DesiredSplit as DesiredSplit,
} from "apache-beam/proto/beam_fn_api";
import type { PTransform } from "apache-beam/proto/beam_runner_api";
import { type LoggingStageInfo, loggingLocalStorage } from "apache-beam/worker/logging";
import {
  type IOperator,
  NonPromise,
  type OperatorContext,
  type ProcessResult,
  type Receiver,
  registerOperator,
} from "apache-beam/worker/operators";
import { Reader } from "protobufjs";
import type { DataChannel } from "./data-channel";
import { remotePort } from "./remote-port";

/** A split or a question about progress waits no longer than this for its turn, unless one element takes longer. */
const TURN_MS = 50;

/**
 * Takes a bundle's elements from the runner, one after the other. It can give those that it has not begun back: the runner
 * then hands them to another bundle.
 */
export class SourceOperator implements IOperator {
  private readonly dataChannel: DataChannel;
  private readonly coder: Coder<unknown>;
  private readonly receiver: Receiver;
  private readonly bundleId: () => string;
  private readonly loggingStageInfo: LoggingStageInfo;
  /** Elements begun; the index of the next one. */
  private begun = 0;
  /** The index of the first element that is not this bundle's. */
  private end = Number.POSITIVE_INFINITY;
  private allRead: Promise<void> = Promise.resolve();

  constructor(
    readonly transformId: string,
    transform: PTransform,
    context: OperatorContext,
  ) {
    const { dataChannel, coder } = remotePort(transform, context);
    this.dataChannel = dataChannel;
    this.coder = coder;
    const [output = ""] = Object.values(transform.outputs);
    this.receiver = context.getReceiver(output);
    this.bundleId = context.getBundleId;
    this.loggingStageInfo = context.loggingStageInfo;
  }

  /** The index of the element that the bundle is at; -1 before the first. */
  get index(): number {
    return this.begun - 1;
  }

  startBundle(): Promise<void> {
    this.begun = 0;
    this.end = Number.POSITIVE_INFINITY;
    this.allRead = new Promise((resolve, reject) => {
      void this.dataChannel.registerConsumer(this.bundleId(), this.transformId, {
        sendData: (data) => this.read(data),
        sendTimers: () => Promise.reject(new Error("timers are not supported")),
        close: resolve,
        onError: reject,
      });
    });
    // The bundle learns of a fault when it finishes; until then it is not one that nobody handles.
    this.allRead.catch(() => undefined);
    return Promise.resolve();
  }

  process(): ProcessResult {
    throw new Error("a source takes no elements from other steps");
  }

  async finishBundle(): Promise<void> {
    try {
      await this.allRead;
    } finally {
      this.dataChannel.unregisterConsumer(this.bundleId(), this.transformId);
    }
  }

  /**
   * Ends the bundle earlier: it keeps what it has begun and the wanted fraction of the rest, but at least one element, and
   * the runner gets the others. Undefined where nothing can be given back.
   */
  split({ fractionOfRemainder, allowedSplitPoints, estimatedInputElements }: DesiredSplit): ChannelSplit | undefined {
    const end = Math.min(this.end, Number(estimatedInputElements));
    const first = Math.max(this.begun, 1);
    const wanted = Math.max(first, this.begun + Math.floor((end - this.begun) * fractionOfRemainder));
    const at = allowedSplitPoints.length === 0 ? wanted : nearest(wanted, first, end, allowedSplitPoints.map(Number));
    if (at === undefined || at >= end) return undefined;
    this.end = at;
    return {
      transformId: this.transformId,
      lastPrimaryElement: BigInt(at - 1),
      firstResidualElement: BigInt(at),
    };
  }

  private async read(data: Uint8Array): Promise<void> {
    // Data comes in outside of the bundle's own turn: without this a log entry would not know its step.
    loggingLocalStorage.enterWith(this.loggingStageInfo);
    const reader = new Reader(data);
    let turn = Date.now();
    // After a split the rest of the data is another bundle's.
    while (reader.pos < reader.len && this.begun < this.end) {
      this.begun++;
      const processed = this.receiver.receive(this.coder.decode(reader, Context.needsDelimiters) as never);
      if (processed !== NonPromise) await processed;
      if (Date.now() - turn > TURN_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        turn = Date.now();
      }
    }
  }
}

/** The point nearest to the wanted one, from `first` on and before `end`. */
function nearest(wanted: number, first: number, end: number, points: readonly number[]): number | undefined {
  const possible = points.filter((point) => point >= first && point < end);
  return possible.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted) || a - b)[0];
}

registerOperator("beam:runner:source:v1", SourceOperator);
