import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type ScratchCheckout, scratchCheckout } from "./testing/scratch-checkout";

const FIXTURES = join(__dirname, "../fixtures/pull-requests");
/** What the report reads: contracts, and for readers and owners the sources and CODEOWNERS. */
const READ = [
  ".github/CODEOWNERS",
  "packages/contracts/schemas",
  ...readdirSync(join(__dirname, "../..")).map((name) => `packages/${name}/src`),
];

/** Each proposal, and whether it is refused: worked examples of what a producer proposes. */
const PROPOSALS = {
  "add-field": 0,
  "add-field-stored-as-text": 1,
  "add-nested-fields": 0,
  "change-type": 1,
  "date-to-date-time": 1,
  "make-required": 1,
  "new-collection": 0,
  "remove-deprecated": 0,
  "rename-field": 1,
  "tighten-range": 1,
  "widen-enum": 0,
} as const;

let checkout: ScratchCheckout;
afterEach(() => {
  checkout.remove();
});

async function propose(name: string): Promise<void> {
  checkout = scratchCheckout(READ);
  const apply = async (patch: string): Promise<void> => {
    checkout.git("apply", join(FIXTURES, name, patch));
    expect((await checkout.medallion("contracts", "freeze")).code).toBe(0);
  };
  if (existsSync(join(FIXTURES, name, "before.patch"))) {
    await apply("before.patch");
    checkout.commit();
  }
  await apply("change.patch");
}

test("every fixture is proposed here, and no other", () => {
  checkout = scratchCheckout();
  expect(readdirSync(FIXTURES).sort()).toEqual(Object.keys(PROPOSALS).sort());
});

describe.each(Object.entries(PROPOSALS))("%s", (name, refused) => {
  test("is a change that lint has nothing against, and its report is the reviewed one", async () => {
    await propose(name);
    expect(await checkout.medallion("contracts", "lint")).toMatchObject({ code: 0, out: "" });
    const { code, out } = await checkout.medallion("contracts", "diff", "--against", "main", "--format", "markdown");
    // Lines move with every edit of the code that reads; that they are right the tests of downstream show.
    const report = out.replaceAll(/(\.ts):\d+/g, "$1");
    await expect(report).toMatchFileSnapshot(join(FIXTURES, name, "report.md"));
    expect(code).toBe(refused);
  });
});

test.each(["add-field", "add-field-stored-as-text"] as const)("%s: check ends with the same verdict", async (name) => {
  await propose(name);
  const { code, out } = await checkout.medallion("contracts", "check", "--against", "main");
  expect(code).toBe(PROPOSALS[name]);
  expect(out).toContain(code === 1 ? "may not be merged" : "may be merged");
});

test("as a comment the report carries its marker, its links, and annotations of the refused lines", async () => {
  await propose("tighten-range");
  const links = "https://example.org/repository/blob/abc/";
  const { code, out, err } = await checkout.medallion(
    ...["contracts", "diff", "--against", "main", "--format", "github", "--links", links],
  );
  expect(code).toBe(1);
  expect(out.split("\n").slice(0, 2)).toEqual(["<!-- medallion contracts diff -->", "# Contracts: may not be merged"]);
  expect(out).toContain(`(${links}packages/contracts/schemas/bronze/therapy_sessions/schema.json)`);
  const [annotation = ""] = err.split("\n").filter((line) => line.startsWith("::error "));
  const [, line] = /schema\.json,line=(\d+),title=[^:]+::maximum from 10 to 5: /.exec(annotation) ?? [];
  const path = join(checkout.root, "packages/contracts/schemas/bronze/therapy_sessions/schema.json");
  const schema = readFileSync(path, "utf8").split("\n");
  expect(schema[Number(line) - 1]).toContain('"maximum": 5');
});

test("without a replay the report says what has not been looked at", async () => {
  await propose("add-field-stored-as-text");
  const { code, out } = await checkout.medallion("contracts", "diff", "--against", "main", "--no-replay");
  expect(code).toBe(0);
  expect(out).toContain("carry a new field already has not been looked at");
});

test("a source that is no directory is refused, with what to do", async () => {
  checkout = scratchCheckout();
  const refused = await checkout.medallion("contracts", "diff", "--against", "main", "--source", "bigquery:project");
  expect(refused.code).toBe(2);
  expect(refused.err).toContain("is no dataset; write bigquery:project.dataset");
});
