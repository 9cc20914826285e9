import { type ClientDuplexStream, credentials } from "@grpc/grpc-js";
import "../sdk";
import { type StateKey, StateRequest, type StateResponse } from "apache-beam/proto/beam_fn_api";
import { BeamFnStateClient } from "apache-beam/proto/beam_fn_api.grpc-client";
import type { MaybePromise } from "apache-beam/worker/state";
import { UNLIMITED, workerMetadata } from "./grpc-options";

type Stream = Pick<ClientDuplexStream<StateRequest, StateResponse>, "on" | "write" | "end">;

interface Waiting {
  resolve(response: StateResponse): void;
  reject(error: Error): void;
}

/** Reads side inputs from the runner. When the stream breaks, everything that waits for an answer fails with it. */
export class StateChannel {
  private readonly waiting = new Map<string, Waiting>();
  private requests = 0;
  private fault: Error | undefined;

  constructor(private readonly stream: Stream) {
    stream.on("data", (response: StateResponse) => {
      const waiting = this.waiting.get(response.id);
      this.waiting.delete(response.id);
      if (response.error === "") waiting?.resolve(response);
      else waiting?.reject(new Error(`the runner cannot give a side input: ${response.error}`));
    });
    stream.on("error", (error: Error) => this.fail(error));
    stream.on("end", () => this.fail(new Error("the runner closed the state channel")));
  }

  static open(endpoint: string, workerId: string): StateChannel {
    const client = new BeamFnStateClient(endpoint, credentials.createInsecure(), UNLIMITED);
    return new StateChannel(client.state(workerMetadata(workerId)));
  }

  getState<T>(instructionId: string, stateKey: StateKey, decode: (data: Uint8Array) => T): MaybePromise<T> {
    return {
      type: "promise",
      promise: this.read(instructionId, stateKey)
        .then(decode)
        .then(whole<T>),
    };
  }

  close(): void {
    this.stream.end();
  }

  private async read(instructionId: string, stateKey: StateKey): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let continuationToken = new Uint8Array();
    do {
      const { response } = await this.request(instructionId, stateKey, continuationToken);
      if (response.oneofKind !== "get") throw new Error(`the runner answered ${response.oneofKind} to a read of state`);
      chunks.push(response.get.data);
      continuationToken = new Uint8Array(response.get.continuationToken);
    } while (continuationToken.length > 0);
    return Buffer.concat(chunks);
  }

  private request(instructionId: string, stateKey: StateKey, continuationToken: Uint8Array): Promise<StateResponse> {
    if (this.fault !== undefined) return Promise.reject(this.fault);
    const id = `state-${++this.requests}`;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      const get = { continuationToken };
      this.stream.write(StateRequest.create({ id, instructionId, stateKey, request: { oneofKind: "get", get } }));
    });
  }

  private fail(error: Error): void {
    this.fault ??= error;
    for (const { reject } of this.waiting.values()) reject(this.fault);
    this.waiting.clear();
  }
}

/** An iterable side input is decoded as it is read, once; every element of a bundle reads it, so it is kept whole. */
function whole<T>(decoded: T): T {
  const isGenerator =
    typeof decoded === "object" && decoded !== null && Symbol.iterator in decoded && "next" in decoded;
  return isGenerator ? ([...(decoded as Iterable<unknown>)] as T) : decoded;
}
