import "./sdk";
import {
  DockerPayload,
  ExternalPayload,
  type Pipeline as PipelineProto,
  ProcessPayload,
} from "apache-beam/proto/beam_runner_api";

/** How a runner comes by its workers, in Beam's words. */
export type WorkerEnvironment =
  /** The runner starts this command, on its own machine. */
  | { readonly kind: "process"; readonly command: string; readonly env?: Readonly<Record<string, string>> }
  /** The runner asks the worker pool at this address (host:port) for workers. */
  | { readonly kind: "external"; readonly address: string }
  /** The runner starts containers of this image. */
  | { readonly kind: "docker"; readonly image: string };

/** Names the environment for every step of a pipeline; changes the pipeline. */
export function setEnvironment(pipeline: PipelineProto, environment: WorkerEnvironment): void {
  const { urn, payload } = environmentProto(environment);
  for (const proto of Object.values(pipeline.components?.environments ?? {})) Object.assign(proto, { urn, payload });
}

function environmentProto(environment: WorkerEnvironment): { urn: string; payload: Uint8Array } {
  switch (environment.kind) {
    case "process": {
      const { command, env = {} } = environment;
      return {
        urn: "beam:env:process:v1",
        payload: ProcessPayload.toBinary({ os: "", arch: "", command, env: { ...env } }),
      };
    }
    case "external": {
      const endpoint = { url: environment.address };
      return { urn: "beam:env:external:v1", payload: ExternalPayload.toBinary({ endpoint, params: {} } as never) };
    }
    case "docker":
      return {
        urn: "beam:env:docker:v1",
        payload: DockerPayload.toBinary({ containerImage: environment.image }),
      };
  }
}
