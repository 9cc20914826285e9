import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createFrom, DirectRunner } from "@junoplus/beam-runtime";
import { type PCollection, withName } from "@junoplus/beam-runtime/sdk";
import type { Pipeline as PipelineProto } from "apache-beam/proto/beam_runner_api";
import type { PipelineResult } from "apache-beam/runners/runner";
import { getRegisteredModules } from "apache-beam/serialization";
import { expect, test } from "vitest";
import { goldTables } from "./index";
import "./testing/gold-rows";
import { AS_OF } from "./testing/silver-rows";

const PACKAGE = "@junoplus/gold-aggregates/";
const REGISTRATION = /requireForSerialization\("([^"]+)", exports\);\n$/;
/** A function that travels as its source; one called by name is a "builtin". */
const FUNCTION = /"kind":"function","source":"((?:[^"\\]|\\.)*)"/g;
/** Inside of a combine the SDK applies a function of its own, which travels as source. */
const SDK_STEP = "map(applyCombine)";

const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
);
const registered = getRegisteredModules().filter((name) => name.startsWith(PACKAGE));
// As a worker does it: Node's own require, the compiled package, its exports map.
const workerRequire = createRequire(__filename);

test.each(registered)("a worker can load %s", (name) => {
  expect(workerRequire.resolve(name)).toBe(join(__dirname, "../dist", `${name.slice(PACKAGE.length)}.js`));
  expect(Object.keys(workerRequire(name) as object)).not.toEqual([]);
});

test("a module is registered under its own path, as its last line", () => {
  const names = files.flatMap((file) => {
    const text = readFileSync(join(__dirname, file), "utf8");
    if (!text.includes("requireForSerialization")) return [];
    expect(REGISTRATION.exec(text)?.[1]).toBe(`${PACKAGE}${file.slice(0, -".ts".length)}`);
    return [REGISTRATION.exec(text)?.[1]];
  });
  expect(names.toSorted()).toEqual(registered.toSorted());
});

test("every step calls the package's functions by name: no source of theirs travels", async () => {
  const sources = (await payloads()).flatMap((payload) => [...payload.matchAll(FUNCTION)].map(([, source]) => source));
  expect(sources.length).toBeGreaterThan(10);
  for (const source of sources) expect(source).toContain("? fn(element)");
});

/** What the steps of the gold tables carry to workers. */
async function payloads(): Promise<string[]> {
  const runner = new KeepingRunner();
  await runner.run((root) => {
    const [sessions, profiles, medications, periodTracking] = ["a", "b", "c", "d"].map((name) =>
      root.apply(withName(name, createFrom<never>([]))),
    ) as [PCollection<never>, PCollection<never>, PCollection<never>, PCollection<never>];
    goldTables({ sessions, profiles, medications, periodTracking }, { asOf: AS_OF });
  });
  return Object.values(runner.pipeline?.components?.transforms ?? {})
    .filter(({ uniqueName }) => !uniqueName.endsWith(SDK_STEP))
    .map(({ spec }) => Buffer.from(spec?.payload ?? []).toString("utf8"));
}

/** Keeps the pipeline that it runs. */
class KeepingRunner extends DirectRunner {
  pipeline: PipelineProto | null = null;

  override async runPipeline(pipeline: Parameters<DirectRunner["runPipeline"]>[0]): Promise<PipelineResult> {
    this.pipeline = pipeline as PipelineProto;
    return super.runPipeline(pipeline);
  }
}
