import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Server, type ServiceDefinition, type UntypedServiceImplementation } from "@grpc/grpc-js";
import "../sdk";
import { ArtifactStagingService } from "apache-beam/proto/beam_artifact_api";
import { JobService, JobState_Enum } from "apache-beam/proto/beam_job_api";

import { listenOnLoopback } from "../listen-on-loopback";

type Service = typeof JobService;
type Method = Service["methods"][number];
type Done = (fault: null, value: unknown) => void;

/** What a call that has one answer is answered with, where that is not an empty message. */
const ANSWERS: Readonly<Record<string, (url: string) => object>> = {
  prepare: (url) => ({ preparationId: "p", artifactStagingEndpoint: { url }, stagingSessionToken: "t" }),
  run: () => ({ jobId: "j" }),
  getState: () => ({ state: JobState_Enum.DONE }),
  getJobMetrics: () => ({ metrics: {} }),
};

/**
 * A job service that takes any job and wants no artifacts, and says so as Prism does: it ends a stream at once, with
 * trailers and without headers. Takes Prism's `--job_port`; adds the name of each call to the file that CALLS names.
 */
function serve(port: string, calls: string): void {
  const note = (call: string): void => appendFileSync(calls, `${call}\n`);
  const implemented = ({ localName, serverStreaming, O }: Method): UntypedServiceImplementation[string] => {
    if (serverStreaming) {
      return (call: { end(): void }): void => {
        note(localName);
        call.end();
      };
    }
    return (_call: unknown, done: Done): void => {
      note(localName);
      done(null, O.create(ANSWERS[localName]?.(`localhost:${port}`) ?? {}));
    };
  };
  const server = new Server();
  for (const service of [JobService, ArtifactStagingService]) {
    const entries = service.methods.map((method) => [method.localName, implemented(method)] as const);
    server.addService(definitionOf(service), Object.fromEntries(entries));
  }
  void listenOnLoopback(server, Number(port)).then(() => note("ready"));
}

/** The SDK generates servers for the Fn API only. */
function definitionOf({ typeName, methods }: Service): ServiceDefinition {
  const entries = methods.map(({ name, localName, clientStreaming, serverStreaming, I, O }) => [
    localName,
    {
      path: `/${typeName}/${name}`,
      requestStream: clientStreaming,
      responseStream: serverStreaming,
      requestSerialize: (value: object) => Buffer.from(I.toBinary(value)),
      requestDeserialize: (bytes: Uint8Array) => I.fromBinary(bytes),
      responseSerialize: (value: object) => Buffer.from(O.toBinary(value)),
      responseDeserialize: (bytes: Uint8Array) => O.fromBinary(bytes),
    },
  ]);
  return Object.fromEntries(entries) as ServiceDefinition;
}

const { values } = parseArgs({ strict: false, options: { job_port: { type: "string" } } });
serve(String(values.job_port), process.env["CALLS"] ?? "/dev/null");
