import { type Server, ServerCredentials } from "@grpc/grpc-js";

/** Has a gRPC server listen on the loopback interface only, on any free port unless told one; gives its address, host:port. */
export function listenOnLoopback(server: Server, port = 0): Promise<string> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(`127.0.0.1:${bound}`);
    });
  });
}
