import {
  Client,
  credentials,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type StatusObject,
  status,
} from "@grpc/grpc-js";

/** What goes wrong with calls of one method of the Storage Read API, so many times. */
export interface PlannedStorageFault {
  readonly method: "CreateReadSession" | "ReadRows";
  readonly code: keyof typeof status;
  readonly message: string;
  readonly times: number;
  /** So many messages of the answer pass before it breaks; at its end where it has fewer. None where it is left out. */
  readonly afterMessages?: number;
}

/** A way to a Storage Read API on which calls fail as planned. */
export interface StorageFaultProxy {
  /** `HOST:PORT`. */
  readonly endpoint: string;
  /** Adds a fault; gives how often it has struck. */
  plan(fault: PlannedStorageFault): () => number;
  /** Gives how many sessions were asked for since it was last asked. */
  takeSessions(): number;
  stop(): Promise<void>;
}

const SERVICE = "/google.cloud.bigquery.storage.v1.BigQueryRead";
/** Messages pass as they are. */
const bytes = (message: Buffer): Buffer => message;
const ANY_SIZE = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** Starts a proxy on loopback in front of `target`, `HOST:PORT`. */
export async function startStorageFaultProxy(target: string): Promise<StorageFaultProxy> {
  const planned: { readonly fault: PlannedStorageFault; struck: number }[] = [];
  const upstream = new Client(target, credentials.createInsecure(), ANY_SIZE);
  const strike = (method: PlannedStorageFault["method"]): PlannedStorageFault | undefined => {
    const found = planned.find(({ fault, struck }) => struck < fault.times && fault.method === method);
    if (found !== undefined) found.struck += 1;
    return found?.fault;
  };
  let sessions = 0;
  const createReadSession: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
    sessions += 1;
    const fault = strike("CreateReadSession");
    if (fault !== undefined) callback(broken(fault));
    else upstream.makeUnaryRequest(`${SERVICE}/CreateReadSession`, bytes, bytes, call.request, callback);
  };
  const readRows: handleServerStreamingCall<Buffer, Buffer> = (call) => {
    const fault = strike("ReadRows");
    const messages = upstream.makeServerStreamRequest(`${SERVICE}/ReadRows`, bytes, bytes, call.request);
    let passed = 0;
    messages.on("data", (message: Buffer) => {
      if (fault === undefined || passed < (fault.afterMessages ?? 0)) call.write(message);
      else messages.cancel();
      passed += 1;
    });
    // Comes once, whatever the end.
    messages.on("status", (ended: StatusObject) => {
      if (fault !== undefined) call.emit("error", broken(fault));
      else if (ended.code === status.OK) call.end();
      else call.emit("error", ended);
    });
    // Told by the status.
    messages.on("error", () => {});
    call.on("cancelled", () => messages.cancel());
  };
  const server = new Server(ANY_SIZE);
  server.addService(
    { CreateReadSession: method("CreateReadSession", false), ReadRows: method("ReadRows", true) },
    { CreateReadSession: createReadSession, ReadRows: readRows },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    endpoint: `127.0.0.1:${port}`,
    plan(fault) {
      const entry = { fault, struck: 0 };
      planned.push(entry);
      return () => entry.struck;
    },
    takeSessions() {
      const taken = sessions;
      sessions = 0;
      return taken;
    },
    async stop() {
      server.forceShutdown();
      upstream.close();
    },
  };
}

function method(name: PlannedStorageFault["method"], responseStream: boolean) {
  return {
    path: `${SERVICE}/${name}`,
    requestStream: false,
    responseStream,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  };
}

function broken({ code, message }: PlannedStorageFault) {
  return Object.assign(new Error(message), { code: status[code], details: message });
}
