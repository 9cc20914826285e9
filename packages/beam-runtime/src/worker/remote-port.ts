import "../sdk";
import type { Coder } from "apache-beam/coders/coders";
import { RemoteGrpcPort } from "apache-beam/proto/beam_fn_api";
import type { PTransform } from "apache-beam/proto/beam_runner_api";
import type { OperatorContext } from "apache-beam/worker/operators";
import type { DataChannel } from "./data-channel";

/** Where a source's elements come from, or a sink's go to, and how they are coded. */
export function remotePort(
  transform: PTransform,
  context: OperatorContext,
): { readonly dataChannel: DataChannel; readonly coder: Coder<unknown> } {
  const port = RemoteGrpcPort.fromBinary(transform.spec?.payload ?? new Uint8Array());
  return {
    dataChannel: context.getDataChannel(port.apiServiceDescriptor?.url) as unknown as DataChannel,
    coder: context.pipelineContext.getCoder(port.coderId),
  };
}
