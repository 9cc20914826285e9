import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, type ServerDuplexStream, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import "./sdk";
import { ArtifactRequestWrapper, ArtifactResponseWrapper } from "apache-beam/proto/beam_artifact_api";
import { PrepareJobRequest, PrepareJobResponse, RunJobRequest, RunJobResponse } from "apache-beam/proto/beam_job_api";
import { ArtifactFilePayload, ArtifactInformation, Environment, Pipeline } from "apache-beam/proto/beam_runner_api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { JobService, JobServiceError } from "./job-service";
import { listenOnLoopback } from "./listen-on-loopback";

// A job service of Beam's protocol over gRPC, as far as a submission goes; the SDK has generated clients of it, and no server.

interface Message<T> {
  toBinary(message: T): Uint8Array;
  fromBinary(bytes: Uint8Array): T;
}

function method<Request, Response>(
  path: string,
  request: Message<Request>,
  response: Message<Response>,
  stream = false,
) {
  return {
    path: `/org.apache.beam.model.job_management.v1.${path}`,
    requestStream: stream,
    responseStream: stream,
    requestSerialize: (message: Request) => Buffer.from(request.toBinary(message)),
    requestDeserialize: (bytes: Buffer) => request.fromBinary(bytes),
    responseSerialize: (message: Response) => Buffer.from(response.toBinary(message)),
    responseDeserialize: (bytes: Buffer) => response.fromBinary(bytes),
  };
}

type Staging = ServerDuplexStream<ArtifactResponseWrapper, ArtifactRequestWrapper>;

let server: Server;
let endpoint: string;
let prepared: PrepareJobRequest[];
/** What the service does when artifacts are offered. */
let onStaging: (stream: Staging) => void;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "job-service-"));
  prepared = [];
  server = new Server();
  server.addService(
    {
      prepare: method("JobService/Prepare", PrepareJobRequest, PrepareJobResponse),
      run: method("JobService/Run", RunJobRequest, RunJobResponse),
    },
    {
      prepare: (
        { request }: ServerUnaryCall<PrepareJobRequest, PrepareJobResponse>,
        done: sendUnaryData<PrepareJobResponse>,
      ) => {
        prepared.push(request);
        const artifactStagingEndpoint = { url: endpoint } as never;
        done(null, { preparationId: "p", stagingSessionToken: "token", artifactStagingEndpoint });
      },
      run: (_call: ServerUnaryCall<RunJobRequest, RunJobResponse>, done: sendUnaryData<RunJobResponse>) =>
        done(null, { jobId: "job" }),
    },
  );
  server.addService(
    {
      stage: method(
        "ArtifactStagingService/ReverseArtifactRetrievalService",
        ArtifactResponseWrapper,
        ArtifactRequestWrapper,
        true,
      ),
    },
    { stage: (stream: Staging) => onStaging(stream) },
  );
  endpoint = await listenOnLoopback(server);
});

afterEach(() => {
  server.forceShutdown();
  rmSync(folder, { recursive: true });
});

function fileArtifact(path: string): ArtifactInformation {
  const typePayload = ArtifactFilePayload.toBinary({ path, sha256: "" });
  return ArtifactInformation.create({ typeUrn: "beam:artifact:type:file:v1", typePayload });
}

function pipelineWith(...dependencies: ArtifactInformation[]): Pipeline {
  return Pipeline.create({ components: { environments: { js: Environment.create({ dependencies }) } } });
}

async function submit(...dependencies: ArtifactInformation[]): Promise<string> {
  const service = new JobService(endpoint);
  try {
    return await service.submit(pipelineWith(...dependencies), "name", { parallelism: 2, experiments: ["a"] });
  } finally {
    service.close();
  }
}

/** Asks for a file as a job service does, and gives what came of it. */
function askFor(stream: Staging, artifact: ArtifactInformation): Promise<{ token: string; bytes: Buffer }> {
  const chunks: Uint8Array[] = [];
  let token = "";
  return new Promise((resolve, reject) => {
    stream.on("data", ({ stagingToken, response, isLast }: ArtifactResponseWrapper) => {
      if (response.oneofKind === undefined) {
        token = stagingToken;
        stream.write({ request: { oneofKind: "getArtifact", getArtifact: { artifact } } });
      } else if (response.oneofKind === "getArtifactResponse") {
        chunks.push(response.getArtifactResponse.data);
        if (!isLast) return;
        stream.end();
        resolve({ token, bytes: Buffer.concat(chunks) });
      }
    });
    stream.on("cancelled", () => reject(new Error("cancelled")));
    stream.on("error", reject);
  });
}

test("a service that wants no artifact, and answers with trailers only, holds nothing up", async () => {
  onStaging = (stream) => stream.end();
  expect(await submit()).toBe("job");
});

test("options go under Beam's names for them", async () => {
  onStaging = (stream) => stream.end();
  await submit();
  const fields = prepared[0]?.pipelineOptions?.fields ?? {};
  expect(Object.keys(fields).sort()).toEqual(["beam:option:experiments:v1", "beam:option:parallelism:v1"]);
  expect(prepared[0]?.jobName).toBe("name");
});

test("the files that an environment depends on are staged, whole and in order", async () => {
  const path = join(folder, "module.tgz");
  const bytes = Buffer.alloc(300_000, "0123456789");
  writeFileSync(path, bytes);
  let asked: ReturnType<typeof askFor> | undefined;
  onStaging = (stream) => {
    asked = askFor(stream, fileArtifact(path));
  };
  expect(await submit(fileArtifact(path))).toBe("job");
  expect(await asked).toEqual({ token: "token", bytes });
});

test("a file that no environment depends on is not handed over", async () => {
  const secret = join(folder, "secret");
  writeFileSync(secret, "secret");
  let asked: Promise<string> | undefined;
  onStaging = (stream) => {
    asked = askFor(stream, fileArtifact(secret)).then(String, (error: Error) => error.message);
  };
  await expect(submit(fileArtifact(join(folder, "other")))).rejects.toThrow(
    `${secret}, which no environment depends on: it is not handed over`,
  );
  expect(await asked).toBe("cancelled");
});

test("where no job service is, the error names the endpoint, the cause and the cure", async () => {
  server.forceShutdown();
  const submitted = submit();
  await expect(submitted).rejects.toThrow(JobServiceError);
  await expect(submitted).rejects.toThrow(
    new RegExp(`^no job service at ${endpoint} \\(.*ECONNREFUSED.*\\): start one, or name the endpoint of another$`),
  );
});

test("what a service does not do is named with its own words", async () => {
  const service = new JobService(endpoint);
  await expect(service.cancel("job")).rejects.toThrow(
    `the job service at ${endpoint} does not cancel the job: The server does not implement the method`,
  );
  service.close();
});
