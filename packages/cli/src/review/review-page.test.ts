import { expect, test } from "vitest";
import type { ContractDiff, ContractDifference } from "../contracts-diff";
import { contractsReview } from "./contracts-review";
import { COMMENT_MARKER, reviewComment, reviewPage } from "./review-page";

function difference(i: number): ContractDifference {
  return {
    kind: "maximum_lowered",
    pointer: `/properties/level_${i}/maximum`,
    field: `/level_${i}`,
    message: "maximum from 10 to 5: values that were valid are refused. Keep the bound | or raise the major version.",
    backward: "breaks",
    forward: "holds",
    bump: "major",
  };
}

function diff(table: string, differences: number): ContractDiff {
  return {
    table,
    path: `schemas/silver/${table}`,
    status: "changed",
    before: "1.0.0",
    after: "2.0.0",
    backward: "breaks",
    forward: "holds",
    required: "major",
    made: "major",
    isRaisedEnough: true,
    differences: Array.from({ length: differences }, (_, i) => difference(i)),
    frozen: [],
    statements: { bigQuery: ["ALTER TABLE t;"], duckDb: ["ALTER TABLE t;"], notInPlace: ["not so"] },
    faults: [],
  };
}

function review(tables: number, differences: number) {
  return contractsReview({
    against: "main",
    diffs: Array.from({ length: tables }, (_, i) => diff(`silver_${i}`, differences)),
    replayed: null,
    replays: [],
    readersOf: (contract, field) => [
      {
        contract,
        pointer: field,
        reader: { kind: "column", name: "gold.level" },
        file: "packages/a/src/b.ts",
        line: 7,
      },
    ],
    ownersOf: () => ["@org/team"],
    schemaFileOf: () => undefined,
  });
}

const OPTIONS = { command: "npx medallion contracts diff --against main --format markdown" };

test.each([
  [1, 2],
  [30, 40],
  [400, 10],
])("a comment on %d contracts with %d differences each is within GitHub's limit, the verdict first", (tables, each) => {
  const comment = reviewComment(review(tables, each), OPTIONS);
  expect(comment.length).toBeLessThanOrEqual(65_536);
  expect(comment.startsWith(`${COMMENT_MARKER}\n# Contracts: may be merged\n`)).toBe(true);
  expect(comment.match(/<details>/g)?.length).toBe(comment.match(/<\/details>/g)?.length);
  const isWhole = comment === `${COMMENT_MARKER}\n${reviewPage(review(tables, each), OPTIONS)}`;
  expect(isWhole || comment.includes(`The whole page: \`${OPTIONS.command}\``)).toBe(true);
  expect(isWhole).toBe(tables === 1);
});

test("statements go before readers, and readers before what changes", () => {
  const comment = reviewComment(review(12, 25), OPTIONS);
  expect(comment).toMatch(
    /Left out, because the page would be too long: 12 × statements of a table, \d+ × table of re/,
  );
  expect(comment.match(/maximum_lowered/g)?.length).toBe(12 * 25);
});

test("a cell stays a cell, whatever stands in it", () => {
  expect(reviewPage(review(1, 1), OPTIONS)).toContain("Keep the bound \\| or raise the major version. |");
});

test("files are linked to lines where a base is given", () => {
  const page = reviewPage(review(1, 1), { ...OPTIONS, links: "https://example.org/blob/abc/" });
  expect(page).toContain("[packages/a/src/b.ts:7](https://example.org/blob/abc/packages/a/src/b.ts#L7)");
});
