import "./sdk";
import { Pipeline } from "apache-beam/internal/pipeline";
import { deserializeFn } from "apache-beam/internal/serialize";
import { ParDoPayload, Pipeline as PipelineProto, type PTransform } from "apache-beam/proto/beam_runner_api";
import { Root as PipelineRoot } from "apache-beam/pvalue";
import { combinePerKey, groupByKey } from "apache-beam/transforms/internal";
import { expect, test } from "vitest";
import { createFrom } from "./create";
import { DIRECT_COMBINE_PER_KEY, DIRECT_GROUP_BY_KEY } from "./direct-operators";
import { rewriteForDirectRunner } from "./direct-rewrite";
import { DIRECT_AWAIT_SIDE_INPUTS, DIRECT_COLLECT_SIDE_INPUT } from "./direct-side-inputs";
import { combineBy, groupBy } from "./keyed";
import { counter, iterableSideInput, type PCollection, type Root, withName } from "./sdk";
import { identity, lettersOf, sizeOf, summary, withAll, wordOf } from "./testing/sample-steps";

function protoOf(build: (root: Root) => void): PipelineProto {
  const pipeline = new Pipeline();
  build(new PipelineRoot(pipeline));
  return pipeline.getProto();
}

function steps(proto: PipelineProto, urn: string): PTransform[] {
  return Object.values(proto.components?.transforms ?? {}).filter(({ spec }) => spec?.urn === urn);
}

const words = (root: Root): PCollection<string> => root.apply(createFrom(["a", "b"]));
const samples = (root: Root): PCollection<{ word: string; amount: number }> => root.apply(createFrom([]));

const everything = protoOf((root) => {
  const grouped = words(root).apply(groupBy(identity<string>));
  const combined = root.apply(withName("samples", samples)).apply(combineBy(wordOf, summary));
  grouped.map(sizeOf).map(withAll, { side: iterableSideInput(combined) });
});

test("the pipeline that was given stays as it was", () => {
  const before = PipelineProto.clone(everything);
  rewriteForDirectRunner(everything);
  expect(everything).toEqual(before);
});

test("a pipeline that groups nothing and reads no side input is copied as it is", () => {
  const proto = protoOf((root) => void words(root).flatMap(lettersOf, { empty: counter("empty") }));
  const copy = rewriteForDirectRunner(proto);
  expect(copy).toEqual(proto);
  expect(copy).not.toBe(proto);
});

test("every GroupByKey becomes the direct runner's", () => {
  const proto = protoOf((root) => {
    const sizes = words(root)
      .apply(groupBy(identity<string>))
      .map(sizeOf);
    sizes.map(identity as never).apply(withName("again", groupByKey() as never));
  });
  const copy = rewriteForDirectRunner(proto);
  expect(steps(proto, groupByKey.urn)).toHaveLength(2);
  expect(steps(copy, groupByKey.urn)).toEqual([]);
  const inOrder = ({ inputs, outputs, uniqueName }: PTransform): unknown => ({ inputs, outputs, uniqueName });
  expect(steps(copy, DIRECT_GROUP_BY_KEY).map(inOrder)).toEqual(steps(proto, groupByKey.urn).map(inOrder));
});

test("a combine becomes one step, without the GroupByKey and the steps inside it", () => {
  const proto = protoOf((root) => void samples(root).apply(combineBy(wordOf, summary)));
  const copy = rewriteForDirectRunner(proto);
  const inside = steps(proto, combinePerKey.urn).flatMap(({ subtransforms }) => subtransforms);
  expect(inside.length).toBeGreaterThan(1);
  const removed = (id: string): boolean => copy.components?.transforms[id] === undefined;
  expect(Object.keys(proto.components?.transforms ?? {}).filter(removed)).toEqual(expect.arrayContaining(inside));
  expect(steps(copy, DIRECT_GROUP_BY_KEY)).toEqual([]);
  const [combine] = steps(copy, DIRECT_COMBINE_PER_KEY);
  const [before] = steps(proto, combinePerKey.urn);
  expect(combine).toMatchObject({ subtransforms: [], inputs: before?.inputs, outputs: before?.outputs });
  expect(deserializeFn(combine?.spec?.payload ?? new Uint8Array())).toEqual({ combineFn: summary });
});

test("a step that reads side inputs waits until each has been collected", () => {
  const copy = rewriteForDirectRunner(everything);
  const sideOf = ({ spec }: PTransform): string[] =>
    spec?.urn === "beam:transform:pardo:v1" ? Object.keys(ParDoPayload.fromBinary(spec.payload).sideInputs) : [];
  const [before] = Object.values(everything.components?.transforms ?? {}).filter((step) => sideOf(step).length > 0);
  const [reader] = Object.values(copy.components?.transforms ?? {}).filter((step) => sideOf(step).length > 0);
  const [collect, ...otherCollects] = steps(copy, DIRECT_COLLECT_SIDE_INPUT);
  const [wait, ...otherWaits] = steps(copy, DIRECT_AWAIT_SIDE_INPUTS);
  expect([otherCollects, otherWaits]).toEqual([[], []]);
  expect(Object.values(collect?.inputs ?? {})).toEqual([before?.inputs["side.side"]]);
  expect(Object.values(wait?.inputs ?? {}).toSorted()).toEqual(
    [before?.inputs["main"], ...Object.values(collect?.outputs ?? {})].toSorted(),
  );
  expect(reader?.inputs["main"]).toBe(Object.values(wait?.outputs ?? {})[0]);
});
