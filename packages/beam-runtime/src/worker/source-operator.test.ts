import { ProcessBundleSplitRequest } from "apache-beam/proto/beam_fn_api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { identity } from "../testing/sample-steps";
import { StepRunner } from "../testing/step-runner";
import { OwnBundles } from "./own-bundles";

let runner: StepRunner;
let bundles: OwnBundles;
let started = 0;

beforeAll(async () => {
  runner = await StepRunner.of((input) => input.map(identity<unknown>));
  bundles = new OwnBundles("w");
});

afterAll(async () => {
  await bundles.close();
  runner.close();
});

interface Attempt {
  readonly fractionOfRemainder: number;
  readonly allowedSplitPoints: readonly number[];
}

/** Splits a bundle in the way; gives the index of the first element given back. */
async function split(
  bundleId: string,
  elements: number,
  { fractionOfRemainder, allowedSplitPoints }: Attempt,
): Promise<number | undefined> {
  const desired = {
    fractionOfRemainder,
    allowedSplitPoints: allowedSplitPoints.map(BigInt),
    estimatedInputElements: BigInt(elements),
  };
  const request = ProcessBundleSplitRequest.create({ instructionId: bundleId, desiredSplits: { source: desired } });
  const [given] = (await bundles.split(request)).channelSplits;
  if (given === undefined) return undefined;
  expect(given.firstResidualElement - given.lastPrimaryElement).toBe(1n);
  return Number(given.firstResidualElement);
}

/** Runs a bundle and all that is given back of it; attempts to split are spread over the time in which elements arrive. */
async function inBundles(elements: readonly number[], attempts: readonly Attempt[]): Promise<readonly unknown[][]> {
  const bundleId = `bundle-${++started}`;
  const ended = bundles.process(bundleId, runner.descriptor);
  const sent = runner.send(bundleId, elements, 3);
  let end = elements.length;
  for (const attempt of attempts) {
    await new Promise((resolve) => setImmediate(resolve));
    const first = await split(bundleId, end, attempt);
    if (first === undefined) continue;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(end);
    if (attempt.allowedSplitPoints.length > 0) expect(attempt.allowedSplitPoints).toContain(first);
    end = first;
  }
  await Promise.all([ended, sent]);
  const own = [...(await runner.output(bundleId))];
  expect(own).toEqual(elements.slice(0, end));
  return [own, ...(end === elements.length ? [] : await inBundles(elements.slice(end), attempts.slice(1)))];
}

const attempt = fc.record({
  fractionOfRemainder: fc.double({ min: 0, max: 1, noNaN: true }),
  allowedSplitPoints: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 10 }),
  ),
});

test("however a bundle is split, each element is processed once", async () => {
  let splits = 0;
  const property = fc.asyncProperty(fc.nat(60), fc.array(attempt, { maxLength: 6 }), async (size, attempts) => {
    const elements = Array.from({ length: size }, (_, index) => index);
    const parts = await inBundles(elements, attempts);
    splits += parts.length - 1;
    expect(parts.flat()).toEqual(elements);
  });
  await fc.assert(property, { numRuns: 200 });
  expect(splits).toBeGreaterThan(50);
});

test("a fraction of 0 keeps one element, a fraction of 1 gives nothing back", async () => {
  const bundleId = `bundle-${++started}`;
  const ended = bundles.process(bundleId, runner.descriptor);
  await expect(split(bundleId, 10, { fractionOfRemainder: 1, allowedSplitPoints: [] })).resolves.toBeUndefined();
  await expect(split(bundleId, 10, { fractionOfRemainder: 0, allowedSplitPoints: [] })).resolves.toBe(1);
  await expect(split(bundleId, 1, { fractionOfRemainder: 0, allowedSplitPoints: [] })).resolves.toBeUndefined();
  await runner.send(bundleId, [1, 2, 3]);
  await ended;
  await expect(runner.output(bundleId)).resolves.toEqual([1]);
});

test("a bundle that has ended gives nothing back", async () => {
  await expect(split("none", 10, { fractionOfRemainder: 0, allowedSplitPoints: [] })).resolves.toBeUndefined();
});

test("elements that are said to be coded with their windows are decoded without, as Dataflow has it", async () => {
  const bundleId = `bundle-${++started}`;
  const { descriptor } = runner;
  const pcollections = Object.entries(descriptor.pcollections).map(([id, collection]) => [
    id,
    { ...collection, coderId: "windowed" },
  ]);
  const other = { ...descriptor, id: "windowed", pcollections: Object.fromEntries(pcollections) };
  const ended = bundles.process(bundleId, other);
  await runner.send(bundleId, ["a"]);
  await ended;
  await expect(runner.output(bundleId)).resolves.toEqual(["a"]);
});
