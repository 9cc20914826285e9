import { expect, test } from "vitest";
import { createFrom } from "../create";
import { DirectRunner } from "../direct-runner";
import { moment } from "./conformance-steps";
import { RunnersDifferError, runsAlike } from "./runs-alike";
import { identity } from "./sample-steps";

const runners = { one: () => new DirectRunner(), two: () => new DirectRunner() };

test("what all runners give is given, in order of its text", async () => {
  const alike = await runsAlike((root) => ({ words: root.apply(createFrom(["b", "a"])).map(identity) }), { runners });
  expect(alike).toEqual({ outputs: { words: ['"a"', '"b"'] }, counters: {}, distributions: {} });
});

test("runners that differ are named, with the first difference", async () => {
  const differing = runsAlike((root) => ({ words: root.apply(createFrom([1])).map(moment) }), { runners });
  await expect(differing).rejects.toThrow(RunnersDifferError);
  await expect(differing).rejects.toThrow(
    /^one and two differ: output words has 1 and 1 elements; in order, number 0 is/,
  );
});
