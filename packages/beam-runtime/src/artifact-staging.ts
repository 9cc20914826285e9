import { createReadStream } from "node:fs";
import { credentials } from "@grpc/grpc-js";
import "./sdk";
import { type ArtifactRequestWrapper, ArtifactResponseWrapper } from "apache-beam/proto/beam_artifact_api";
import { ArtifactStagingServiceClient } from "apache-beam/proto/beam_artifact_api.grpc-client";
import { ArtifactFilePayload, type ArtifactInformation } from "apache-beam/proto/beam_runner_api";
import { UNLIMITED } from "./worker/grpc-options";

const FILE_URN = "beam:artifact:type:file:v1";

/**
 * Answers what a job service asks for before it runs a job: which files the environments depend on, and their bytes. Ends when
 * the service ends the conversation, which one that wants nothing does at once. Serves the dependencies and no other file.
 */
export function stageArtifacts(
  endpoint: string,
  stagingToken: string,
  dependencies: readonly ArtifactInformation[],
): Promise<void> {
  const client = new ArtifactStagingServiceClient(endpoint, credentials.createInsecure(), UNLIMITED);
  const stream = client.reverseArtifactRetrievalService();
  const staged = new Promise<void>((resolve, reject) => {
    // Requests are answered one after the other: the service takes the chunks of one file as they come.
    let answered = Promise.resolve();
    stream.on("data", ({ request }: ArtifactRequestWrapper) => {
      answered = answered.then(() => answer(request, dependencies, (response) => stream.write(response)));
      answered.catch((error: unknown) => {
        stream.cancel();
        reject(error);
      });
    });
    stream.on("error", reject);
    // Not "metadata": an answer of trailers only has none.
    stream.on("end", () => answered.then(resolve, reject));
    stream.write(ArtifactResponseWrapper.create({ stagingToken }));
  });
  return staged.finally(() => {
    stream.end();
    client.close();
  });
}

async function answer(
  request: ArtifactRequestWrapper["request"],
  dependencies: readonly ArtifactInformation[],
  send: (response: ArtifactResponseWrapper) => void,
): Promise<void> {
  if (request.oneofKind === "resolveArtifact") {
    const resolveArtifactResponse = { replacements: request.resolveArtifact.artifacts };
    send(
      ArtifactResponseWrapper.create({
        response: { oneofKind: "resolveArtifactResponse", resolveArtifactResponse },
        isLast: true,
      }),
    );
  } else if (request.oneofKind === "getArtifact") {
    const chunk = (data: Uint8Array, isLast: boolean): void =>
      send(
        ArtifactResponseWrapper.create({
          response: { oneofKind: "getArtifactResponse", getArtifactResponse: { data } },
          isLast,
        }),
      );
    const path = offeredPath(request.getArtifact.artifact, dependencies);
    for await (const data of createReadStream(path)) chunk(data as Buffer, false);
    chunk(new Uint8Array(), true);
  } else {
    throw new Error(`the job service asked for ${request.oneofKind} while artifacts were staged`);
  }
}

function offeredPath(wanted: ArtifactInformation | undefined, dependencies: readonly ArtifactInformation[]): string {
  const path = filePath(wanted);
  if (path === undefined) throw new Error(`an artifact of type ${wanted?.typeUrn} cannot be staged: only files can`);
  if (!dependencies.some((offered) => filePath(offered) === path)) {
    throw new Error(`the job service asked for ${path}, which no environment depends on: it is not handed over`);
  }
  return path;
}

function filePath(artifact: ArtifactInformation | undefined): string | undefined {
  if (artifact?.typeUrn !== FILE_URN) return undefined;
  return ArtifactFilePayload.fromBinary(artifact.typePayload).path;
}
