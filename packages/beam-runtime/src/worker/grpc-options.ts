import { type ChannelOptions, Metadata } from "@grpc/grpc-js";

/** A message may be as large as a bundle; gRPC would break the channel at 4 MB. */
export const UNLIMITED: ChannelOptions = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  // While a step computes, nothing asks for more: of the usual 64 kB one window would come in for every 50 ms of work.
  "grpc-node.flow_control_window": 64 << 20,
};

/** Says on every call which worker it is; runners refuse calls without. */
export function workerMetadata(workerId: string): Metadata {
  const metadata = new Metadata();
  metadata.add("worker_id", workerId);
  return metadata;
}
