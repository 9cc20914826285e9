import { type ChannelOptions, Metadata } from "@grpc/grpc-js";

/** A message may be as large as a bundle; gRPC would break the channel at 4 MB. */
export const UNLIMITED: ChannelOptions = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
};

/** Says on every call which worker it is; runners refuse calls without. */
export function workerMetadata(workerId: string): Metadata {
  const metadata = new Metadata();
  metadata.add("worker_id", workerId);
  return metadata;
}
