import { isMainThread, threadId } from "node:worker_threads";
import { type ClientDuplexStream, credentials } from "@grpc/grpc-js";
import "../sdk";
import { LogEntry, type LogEntry_List, LogEntry_Severity_Enum } from "apache-beam/proto/beam_fn_api";
import { BeamFnLoggingClient } from "apache-beam/proto/beam_fn_api.grpc-client";
import { Timestamp } from "apache-beam/proto/google/protobuf/timestamp";
import { type LoggingStageInfo, loggingLocalStorage } from "apache-beam/worker/logging";
import { UNLIMITED, workerMetadata } from "./grpc-options";

type Stream = Pick<ClientDuplexStream<LogEntry_List, unknown>, "on" | "write" | "end">;

const BATCH_ENTRIES = 100;
/** Runners that keep gRPC's limit take messages of 4 MB. */
const BATCH_LENGTH = 1 << 20;
/** With more than this waiting for the runner, entries are dropped, and counted. */
const MOST_WAITING_ENTRIES = 10_000;
const MOST_WAITING_LENGTH = 8 << 20;
/** What was sent this short a time before the channel broke may not have arrived; the last batches of it go to stderr too. */
const DOUBTFUL_MS = 1_000;
const MOST_DOUBTFUL_BATCHES = 100;
/** How long a runner may take to accept the channel. */
const CONNECTING_MS = 10_000;
/** How long a stopping worker waits for a runner that does not take its last entries. */
const CLOSING_MS = 5_000;

/**
 * A worker's log, over Beam's Fn API. Entries wait until it is known where they go, and while the runner is slow to take
 * them; beyond a bound they are dropped and counted, and the count is an entry of its own. What the channel cannot deliver,
 * since there is none or it broke, is written to stderr.
 */
export class LoggingChannel {
  private waiting: LogEntry[] = [];
  private waitingLength = 0;
  private dropped = 0;
  /** What was sent last, with its time: the runner confirms nothing. */
  private sent: { readonly at: number; readonly entries: readonly LogEntry[] }[] = [];
  private target: "unknown" | "connecting" | "stderr" | Stream = "unknown";
  private slow = false;
  private scheduled = false;
  private closing = false;
  private closed = (): void => undefined;
  private closeClient = (): void => undefined;

  /** `writeFallback` is given the lines that no runner takes, each with its line feed. */
  constructor(private readonly writeFallback: (line: string) => void) {}

  /** Adds what is said now, by the step that is being processed now. */
  log(severity: LogEntry_Severity_Enum, message: string, trace = ""): void {
    if (this.waiting.length >= MOST_WAITING_ENTRIES || this.waitingLength >= MOST_WAITING_LENGTH) {
      this.dropped++;
      return;
    }
    this.waiting.push(entryNow(severity, message, trace));
    this.waitingLength += message.length + trace.length;
    if (this.waiting.length >= BATCH_ENTRIES || this.waitingLength >= BATCH_LENGTH) this.send();
    else this.sendSoon();
  }

  /** Sends what waits, and what comes, to a runner. */
  open(endpoint: string, workerId: string): void {
    const client = new BeamFnLoggingClient(endpoint, credentials.createInsecure(), UNLIMITED);
    this.target = "connecting";
    this.closeClient = () => client.close();
    // gRPC takes entries without a connection, and loses them when there will be none.
    client.waitForReady(Date.now() + CONNECTING_MS, (error) => {
      if (this.target !== "connecting") return;
      if (error) this.fallBack(`the runner is not reached at ${endpoint}`);
      else this.sendTo(client.logging(workerMetadata(workerId)));
    });
  }

  /** There is no runner that takes logs. */
  useStderr(): void {
    this.target = "stderr";
    this.send();
  }

  /** Resolves when the runner has taken everything; what it has not taken after five seconds goes to stderr. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.closed = resolve;
    });
    this.closing = true;
    if (this.target === "unknown") this.useStderr();
    this.send();
    const late = setTimeout(() => this.fallBack("the runner does not take the last entries"), CLOSING_MS);
    if (this.target !== "stderr") await closed;
    clearTimeout(late);
    this.closeClient();
  }

  private sendTo(stream: Stream): void {
    this.target = stream;
    stream.on("data", () => undefined);
    stream.on("drain", () => {
      this.slow = false;
      this.send();
    });
    stream.on("error", ({ message }: Error) => this.fallBack(message));
    stream.on("end", () => {
      // A runner that closes after the worker has closed has read everything.
      if (this.closing) this.sent = [];
      this.fallBack("the runner closed the logging channel");
    });
    this.send();
  }

  private sendSoon(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    // Before the answer that ends the bundle: a runner may end the worker on it.
    queueMicrotask(() => {
      this.scheduled = false;
      this.send();
    });
  }

  private send(): void {
    const { target } = this;
    if (target === "unknown" || target === "connecting") return;
    while (!this.slow && this.waiting.length > 0) {
      const batch = this.nextBatch();
      if (target === "stderr") this.writeAll(batch);
      else this.slow = !this.write(target, batch);
    }
    if (this.closing && this.waiting.length === 0 && target !== "stderr") target.end();
  }

  private write(stream: Stream, entries: LogEntry[]): boolean {
    const at = Date.now();
    this.sent.push({ at, entries });
    if (this.sent.length > MOST_DOUBTFUL_BATCHES) this.sent.shift();
    return stream.write({ logEntries: entries });
  }

  private nextBatch(): LogEntry[] {
    const batch: LogEntry[] = [];
    let length = 0;
    for (const entry of this.waiting) {
      batch.push(entry);
      length += lengthOf(entry);
      if (batch.length === BATCH_ENTRIES || length >= BATCH_LENGTH) break;
    }
    this.waiting.splice(0, batch.length);
    this.waitingLength -= length;
    if (this.waiting.length === 0 && this.dropped > 0) {
      const message = `${this.dropped} log entries were dropped: they came faster than the runner took them`;
      this.dropped = 0;
      batch.push(LogEntry.create({ severity: LogEntry_Severity_Enum.WARN, message, timestamp: Timestamp.now() }));
    }
    return batch;
  }

  private fallBack(reason: string): void {
    if (this.target === "stderr") return;
    const since = Date.now() - DOUBTFUL_MS;
    const doubtful = this.sent.filter(({ at }) => at > since).flatMap(({ entries }) => entries);
    this.sent = [];
    this.target = "stderr";
    this.slow = false;
    if (doubtful.length + this.waiting.length > 0) this.writeFallback(`logs go to stderr: ${reason}\n`);
    this.writeAll(doubtful);
    this.send();
    this.closed();
  }

  private writeAll(entries: readonly LogEntry[]): void {
    for (const { message, trace } of entries) this.writeFallback(`${trace === "" ? message : trace}\n`);
  }
}

function lengthOf({ message, trace }: LogEntry): number {
  return message.length + trace.length;
}

function entryNow(severity: LogEntry_Severity_Enum, message: string, trace: string): LogEntry {
  const { instructionId = "", transformId = "" } = (loggingLocalStorage.getStore() ?? {}) as LoggingStageInfo;
  const thread = isMainThread ? "main" : `thread-${threadId}`;
  return LogEntry.create({ severity, message, trace, timestamp: Timestamp.now(), instructionId, transformId, thread });
}
