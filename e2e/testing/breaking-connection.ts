import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a server whose connections break. */
export interface BreakingConnection {
  /** `HOST:PORT`. */
  readonly endpoint: string;
  /** How many connections were broken. */
  broken(): number;
  stop(): Promise<void>;
}

/** Passes bytes on, and breaks a connection once that many have come back from the server; so many connections, then no more. */
export async function breakingConnection(
  target: string,
  afterBytes: number,
  times: number,
): Promise<BreakingConnection> {
  const [host, port] = target.split(":");
  const open = new Set<Socket>();
  let broken = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    let passed = 0;
    upstream.on("data", (bytes) => {
      passed += bytes.length;
      if (passed > afterBytes && broken < times) {
        broken += 1;
        client.destroy();
      }
    });
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    broken: () => broken,
    stop: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
