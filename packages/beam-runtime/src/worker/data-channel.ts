import { type ClientDuplexStream, credentials } from "@grpc/grpc-js";
import "../sdk";
import type { Elements } from "apache-beam/proto/beam_fn_api";
import { BeamFnDataClient } from "apache-beam/proto/beam_fn_api.grpc-client";
import type { IDataChannel } from "apache-beam/worker/data";
import { NonPromise, type ProcessResult } from "apache-beam/worker/operators";
import { UNLIMITED, workerMetadata } from "./grpc-options";

/** With more than this waiting to be processed, the stream is not read on. */
const MOST_WAITING_BYTES = 64 << 20;

type Stream = Pick<ClientDuplexStream<Elements, Elements>, "on" | "once" | "write" | "end" | "pause" | "resume">;
type Data = Elements["data"][number];

/** Where a step's output goes; waiting for the promise is the back-pressure. */
export interface SendChannel {
  send(data: Uint8Array): ProcessResult;
  close(): void;
}

/** What came in for one step of one bundle, in the order in which it came. */
interface Inbox {
  readonly waiting: Data[];
  consumer: IDataChannel | undefined;
  busy: boolean;
}

/**
 * The stream of elements between a runner and a worker, shared by all bundles. Each step of each bundle has a queue of its
 * own: what comes in for it is processed in order, its end after all of it, and no bundle waits for another.
 */
export class DataChannel {
  private readonly inboxes = new Map<string, Inbox>();
  /** Bundles that failed; what still comes in for them is dropped. */
  private readonly failed = new Set<string>();
  private waitingBytes = 0;
  private drained: Promise<void> | undefined;
  private fault: Error | undefined;

  constructor(private readonly stream: Stream) {
    stream.on("data", (elements: Elements) => this.take(elements));
    stream.on("error", (error: Error) => this.fail(error));
    stream.on("end", () => this.fail(new Error("the runner closed the data channel")));
  }

  static open(endpoint: string, workerId: string): DataChannel {
    const client = new BeamFnDataClient(endpoint, credentials.createInsecure(), UNLIMITED);
    return new DataChannel(client.data(workerMetadata(workerId)));
  }

  registerConsumer(bundleId: string, transformId: string, consumer: IDataChannel): Promise<void> {
    const inbox = this.inbox(bundleId, transformId);
    inbox.consumer = consumer;
    if (this.fault !== undefined) consumer.onError(this.fault);
    else void this.work(inbox);
    return Promise.resolve();
  }

  unregisterConsumer(bundleId: string, transformId: string): void {
    const key = inboxKey(bundleId, transformId);
    for (const { data } of this.inboxes.get(key)?.waiting ?? []) this.waitingBytes -= data.length;
    this.inboxes.delete(key);
    this.readOn();
  }

  /** Drops what waits, and what will come in, for a bundle that failed. */
  dropBundle(bundleId: string): void {
    this.failed.add(bundleId);
    for (const key of [...this.inboxes.keys()]) {
      const [bundle = "", transform = ""] = JSON.parse(key) as string[];
      if (bundle === bundleId) this.unregisterConsumer(bundle, transform);
    }
  }

  sendChannel(instructionId: string, transformId: string): SendChannel {
    const write = (data: Uint8Array, isLast: boolean): boolean =>
      this.stream.write({ data: [{ instructionId, transformId, data, isLast }], timers: [] });
    return {
      send: (data) => {
        if (this.fault !== undefined) throw this.fault;
        return write(data, false) ? NonPromise : this.untilDrained();
      },
      close: () => void write(new Uint8Array(), true),
    };
  }

  close(): void {
    this.stream.end();
  }

  private untilDrained(): Promise<void> {
    this.drained ??= new Promise((resolve) => {
      const done = (): void => {
        this.drained = undefined;
        resolve();
      };
      this.stream.once("drain", done);
    });
    return this.drained;
  }

  private take(elements: Elements): void {
    for (const data of elements.data) {
      if (this.failed.has(data.instructionId)) continue;
      const inbox = this.inbox(data.instructionId, data.transformId);
      this.waitingBytes += data.data.length;
      inbox.waiting.push(data);
      void this.work(inbox);
    }
    if (this.waitingBytes > MOST_WAITING_BYTES) this.stream.pause();
  }

  /** One at a time for each inbox, so that no message overtakes the one before it. */
  private async work(inbox: Inbox): Promise<void> {
    const { consumer, waiting } = inbox;
    if (inbox.busy || consumer === undefined) return;
    inbox.busy = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        if (next.data.length > 0) await consumer.sendData(next.data);
        if (next.isLast) consumer.close();
      } catch (error) {
        consumer.onError(error);
      } finally {
        this.waitingBytes -= next.data.length;
        this.readOn();
      }
    }
    inbox.busy = false;
  }

  private readOn(): void {
    if (this.waitingBytes <= MOST_WAITING_BYTES / 2) this.stream.resume();
  }

  private fail(error: Error): void {
    if (this.fault !== undefined) return;
    this.fault = error;
    for (const { consumer } of this.inboxes.values()) consumer?.onError(error);
  }

  private inbox(bundleId: string, transformId: string): Inbox {
    const key = inboxKey(bundleId, transformId);
    let inbox = this.inboxes.get(key);
    if (inbox === undefined) {
      inbox = { waiting: [], consumer: undefined, busy: false };
      this.inboxes.set(key, inbox);
    }
    return inbox;
  }
}

function inboxKey(bundleId: string, transformId: string): string {
  return JSON.stringify([bundleId, transformId]);
}
