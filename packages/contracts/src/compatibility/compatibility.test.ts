import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compatibility } from "./compatibility";
import { type SchemaPair, schemaPairs } from "./compatibility-pairs";
import { type Difference, verdictOf } from "./difference";
import { differences, differencesBy } from "./differences";
import { requiredBump } from "./required-bump";
import { RULES } from "./rules";

const pairs = schemaPairs();

function told(found: readonly Difference[]): string {
  const kinds = found.map(({ kind }) => kind).sort();
  return `${kinds.join(" + ") || "same"} | ${verdictsOf(found)}`;
}

function verdictsOf(found: readonly Difference[]): string {
  return [verdictOf(found, "backward"), verdictOf(found, "forward"), requiredBump(found)].join(" | ");
}

/** Kinds in one order, as `told` gives them. */
function sorted(expected: string): string {
  const [kinds = "", ...verdicts] = expected.split(" | ");
  return [kinds.split(" + ").sort().join(" + "), ...verdicts].join(" | ");
}

describe.each(RULES.map(({ name }) => name))("%s", (name) => {
  test.each(pairs.filter(({ rule }) => rule === name))("$words", ({ before, after, expected }) => {
    expect(told(differences(before, after))).toBe(sorted(expected));
  });

  test("without this rule some pair has a wrong verdict", () => {
    const known = new Set(RULES.flatMap(({ keywords }) => keywords));
    const without = differencesBy(
      RULES.filter((rule) => rule.name !== name),
      known,
    );
    const verdictsWithout = ({ before, after }: SchemaPair): string => verdictsOf(without(before, after));
    const wrong = pairs.filter((pair) => !pair.expected.endsWith(verdictsWithout(pair)));
    expect(wrong.map(({ rule }) => rule)).toContain(name);
  });

  test("a rule that is forgotten leaves its keywords to the last one, so that no break is lost", () => {
    if (name === "unknown") return;
    const forgotten = differencesBy(RULES.filter((rule) => rule.name !== name));
    const lost = pairs
      .map((pair) => ({ pair, found: forgotten(pair.before, pair.after) }))
      .filter(({ pair, found }) => pair.expected.includes("| breaks |") && !verdictsOf(found).includes("breaks"));
    expect(lost.map(({ pair }) => `${pair.rule}: ${pair.words}`)).toEqual([]);
  });
});

test("the table is large enough to argue with, and names every rule", () => {
  expect(pairs.length).toBeGreaterThanOrEqual(120);
  expect([...new Set(pairs.map(({ rule }) => rule))].sort()).toEqual(RULES.map(({ name }) => name).sort());
});

test("every keyword and fact that a contract may say has a rule", () => {
  const metaschema = JSON.parse(readFileSync(join(__dirname, "../../schemas/table.metaschema.json"), "utf8")) as {
    $defs: Record<string, { properties?: object }>;
  };
  const said = (definition: string): readonly string[] => Object.keys(metaschema.$defs[definition]?.properties ?? {});
  const schemas = ["tableContract", "changelogContract", "column", "element", "field", "condition"].flatMap(said);
  const facts = ["warehouse", "changelog"].flatMap((block) => said(block).map((name) => `${block}.${name}`));
  const known = new Set(RULES.flatMap(({ keywords }) => keywords));
  const blocks = ["warehouse", "changelog"];
  expect(schemas.length + facts.length).toBeGreaterThan(50);
  expect([...schemas, ...facts].filter((name) => !known.has(name) && !blocks.includes(name))).toEqual([]);
});

test("each difference says where it is, what changed and what to do", () => {
  const found = pairs.flatMap(({ before, after }) => differences(before, after));
  expect(found.filter(({ pointer }) => !/^(\/.+)?$/.test(pointer))).toEqual([]);
  expect(found.filter(({ message }) => !/^[^\s].+[.?]$/.test(message))).toEqual([]);
});

test("a pointer escapes the names that it goes through", () => {
  const [found] = differences({ properties: { "a/b~c": { minimum: 0 } } }, { properties: { "a/b~c": { minimum: 1 } } });
  expect(found?.pointer).toBe("/properties/a~1b~0c/minimum");
});

test("a removal beside an addition of the same type is asked to be a rename", () => {
  const [gone] = differences(
    { properties: { pain: { type: "integer" } } },
    { properties: { mood: { type: "string" }, pain_level: { type: "integer" } } },
  );
  expect(gone?.message).toContain("pain_level of the same type is new: renamed?");
});

test("a field that went and comes back as another type breaks with the version that had it, not with the last", () => {
  const first = { properties: { level: { type: "string" } } };
  const second = { properties: {} };
  const third = { properties: { level: { type: "integer" } } };
  expect(compatibility([second], third)).toMatchObject({ backward: "assumes" });
  const all = compatibility([first, second], third);
  expect(all).toMatchObject({ backward: "breaks", versions: [{ backward: "breaks" }, { backward: "assumes" }] });
});

test("a contract without older versions is compatible", () => {
  expect(compatibility([], {})).toEqual({ versions: [], backward: "holds", forward: "holds" });
});
