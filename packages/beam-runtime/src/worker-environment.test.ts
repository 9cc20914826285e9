import "./sdk";
import {
  DockerPayload,
  Environment,
  ExternalPayload,
  Pipeline,
  ProcessPayload,
} from "apache-beam/proto/beam_runner_api";
import { expect, test } from "vitest";
import { setEnvironment, type WorkerEnvironment } from "./worker-environment";

/** What a pipeline's environments are after one was set. */
function environmentsOf(environment: WorkerEnvironment): readonly Environment[] {
  const environments = { a: Environment.create({ urn: "old" }), b: Environment.create() };
  const pipeline = Pipeline.create({ components: { environments } });
  setEnvironment(pipeline, environment);
  return Object.values(pipeline.components?.environments ?? {});
}

test("a command is Beam's PROCESS environment, for every step", () => {
  const both = environmentsOf({ kind: "process", command: "/opt/worker", env: { A: "1" } });
  expect(both.map(({ urn }) => urn)).toEqual(["beam:env:process:v1", "beam:env:process:v1"]);
  for (const { payload } of both) {
    expect(ProcessPayload.fromBinary(payload)).toMatchObject({ command: "/opt/worker", env: { A: "1" } });
  }
});

test("the address of a worker pool is Beam's EXTERNAL environment", () => {
  const [environment] = environmentsOf({ kind: "external", address: "localhost:5000" });
  expect(environment?.urn).toBe("beam:env:external:v1");
  expect(ExternalPayload.fromBinary(environment?.payload ?? new Uint8Array()).endpoint?.url).toBe("localhost:5000");
});

test("an image is Beam's DOCKER environment", () => {
  const [environment] = environmentsOf({ kind: "docker", image: "medallion-worker:1" });
  expect(environment?.urn).toBe("beam:env:docker:v1");
  expect(DockerPayload.fromBinary(environment?.payload ?? new Uint8Array()).containerImage).toBe("medallion-worker:1");
});
