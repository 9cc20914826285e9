import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface ApiAnswer {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
}

interface FailedJob {
  readonly failedJob: string;
  readonly message: string;
}

/** What goes wrong with requests that fit, so many times. */
export interface PlannedFault {
  readonly method: string;
  readonly path: RegExp;
  readonly times: number;
  /**
   * An answer of the API's own kind, or of a job that BigQuery has taken, and that has failed when it is asked for; or the
   * connection breaks while the request is sent; or the request is done and its answer is lost.
   */
  readonly what: ApiAnswer | FailedJob | "cut" | "lose_answer";
}

/** A request that came in, whatever became of it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** Its beginning, as text: data that is loaded stands at the end. */
  readonly body: string;
}

/** A way to a server on which things go wrong as planned. */
export interface FaultProxy {
  readonly endpoint: string;
  /** Adds a fault; gives how often it has struck. */
  plan(fault: PlannedFault): () => number;
  /** Comes when a request fits, while it is passed on. */
  next(fits: (request: SeenRequest) => boolean): Promise<void>;
  /** Gives what has come in since it was last asked. */
  takeRequests(): readonly SeenRequest[];
  /** Breaks every connection, or no longer. */
  setCut(cut: boolean): void;
  stop(): Promise<void>;
}

const KEPT_OF_A_BODY = 1 << 16;

/** Starts a proxy on loopback in front of `target`, `http://HOST:PORT`. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const planned: { readonly fault: PlannedFault; struck: number }[] = [];
  let seen: { method: string; path: string; body: string }[] = [];
  let awaited: { readonly fits: (request: SeenRequest) => boolean; readonly come: () => void }[] = [];
  const look = (request: SeenRequest): void => {
    const come = awaited.filter(({ fits }) => fits(request));
    awaited = awaited.filter((each) => !come.includes(each));
    for (const each of come) each.come();
  };
  let isCut = false;
  const server = createServer((incoming, outgoing) => {
    if (isCut) {
      incoming.socket.destroy();
      return;
    }
    const { method = "", url = "" } = incoming;
    const record = { method, path: url, body: "" };
    seen.push(record);
    incoming.on("data", (part: Buffer) => {
      if (record.body.length < KEPT_OF_A_BODY) record.body += part.toString();
      look(record);
    });
    incoming.on("end", () => look(record));
    const strike = planned.find(
      ({ fault, struck }) => struck < fault.times && fault.method === method && fault.path.test(url),
    );
    if (strike === undefined) {
      forward(target, incoming, outgoing, false);
      return;
    }
    strike.struck += 1;
    const { what } = strike.fault;
    if (what === "cut") incoming.once("data", () => incoming.socket.destroy());
    else if (what === "lose_answer") forward(target, incoming, outgoing, true);
    else answer(incoming, outgoing, what);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plan(fault) {
      const entry = { fault, struck: 0 };
      planned.push(entry);
      return () => entry.struck;
    },
    next(fits) {
      return new Promise((come) => awaited.push({ fits, come }));
    },
    takeRequests() {
      const taken = seen;
      seen = [];
      return taken;
    },
    setCut(cut) {
      isCut = cut;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function forward(target: string, incoming: IncomingMessage, outgoing: ServerResponse, isLost: boolean): void {
  const { method, url, headers } = incoming;
  const onwards = request(new URL(url ?? "/", target), { method, headers }, (answer) => {
    if (isLost) {
      answer.resume().on("end", () => incoming.socket.destroy());
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  // The one who asked sees a broken connection, as without a proxy.
  onwards.on("error", () => incoming.socket.destroy());
  incoming.pipe(onwards);
}

function answer(incoming: IncomingMessage, outgoing: ServerResponse, what: ApiAnswer | FailedJob): void {
  const [status, body] = "failedJob" in what ? [200, failedJob(what, incoming.method)] : [what.status, refusal(what)];
  incoming.resume().on("end", () => {
    outgoing.writeHead(status, { "content-type": "application/json" });
    outgoing.end(JSON.stringify(body));
  });
}

function refusal({ status, reason, message }: ApiAnswer): unknown {
  return { error: { code: status, message, errors: [{ reason, message, domain: "global" }] } };
}

function failedJob({ failedJob: reason, message }: FailedJob, method: string | undefined): unknown {
  const jobReference = { projectId: "p1", jobId: "failed", location: "US" };
  const status = method === "POST" ? { state: "RUNNING" } : { state: "DONE", errorResult: { reason, message } };
  return { kind: "bigquery#job", jobReference, status };
}
