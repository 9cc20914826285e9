import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Called, type ScratchCheckout, scratchCheckout } from "./testing/scratch-checkout";

const PACKAGE = "packages/contracts";
let root: string;
let checkout: ScratchCheckout;

beforeEach(() => {
  checkout = scratchCheckout();
  root = checkout.root;
});
afterEach(() => {
  checkout.remove();
});

function contracts(...args: readonly string[]): Promise<Called> {
  return checkout.medallion("contracts", ...args);
}

function edit(path: string, change: (text: string) => string): void {
  const file = join(root, PACKAGE, path);
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

test("a new contract is begun, linted, frozen and generated, one command each", async () => {
  const begun = await contracts("new", "bronze/symptom_log");
  expect(begun.code).toBe(0);
  expect(begun.out).toMatchInlineSnapshot(`
    "packages/contracts/schemas/bronze/symptom_log/schema.json
    packages/contracts/schemas/bronze/symptom_log/examples/all-fields.valid.json
    packages/contracts/schemas/bronze/symptom_log/examples/nothing-written.valid.json
    packages/contracts/schemas/bronze/symptom_log/examples/logged-at-unreadable.invalid.json
    packages/contracts/schemas/bronze/symptom_log/examples/level-above-ten.invalid.json
    packages/contracts/schemas/bronze/symptom_log/examples/level-text.invalid.json
    "
  `);
  expect(begun.err).toContain("2. medallion contracts lint bronze/symptom_log");

  const unfinished = await contracts("lint", "bronze/symptom_log");
  expect(unfinished).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "1 contract, 3 faults
    ",
      "out": "packages/contracts/schemas/bronze/symptom_log/schema.json /description: is still the placeholder of a new contract: put your own words there
    packages/contracts/schemas/bronze/symptom_log/schema.json /properties/loggedAt/description: is still the placeholder of a new contract: put your own words there
    packages/contracts/schemas/bronze/symptom_log/schema.json /properties/level/description: is still the placeholder of a new contract: put your own words there
    ",
    }
  `);
  edit("schemas/bronze/symptom_log/schema.json", (text) => text.replace(/<([A-Z][^<>]*\.)>/g, "$1"));
  expect(await contracts("lint", "bronze/symptom_log")).toEqual({ code: 0, out: "", err: "1 contract, 0 faults\n" });

  const frozen = await contracts("freeze");
  expect(frozen.out).toBe("packages/contracts/schemas/bronze/symptom_log/versions/1.0.0.json\n");
  const generated = await contracts("generate");
  expect(generated.code).toBe(0);
  expect(generated.out).toContain("packages/contracts/schemas/bronze/symptom_log/README.md\n");
  expect(generated.out).toContain("packages/contracts/src/generated/validators/bronze-symptom-log.ts\n");
  expect(readFileSync(join(root, PACKAGE, "src/generated/index.ts"), "utf8")).toContain("  bronzeSymptomLog,\n");
  expect((await contracts("generate")).out).toBe("");
});

test("generating removes what is left over from a contract that is gone", async () => {
  await contracts("generate");
  rmSync(join(root, PACKAGE, "schemas/quality/data_freshness"), { recursive: true });
  const { out } = await contracts("generate");
  expect(out).toContain("packages/contracts/src/generated/quality-data-freshness.ts removed\n");
});

test("a frozen version that differs is refused with the cure, without a stack", async () => {
  edit("schemas/bronze/medications/schema.json", (text) => `${text}\n`);
  const { code, err } = await contracts("freeze");
  expect(code).toBe(1);
  expect(err).toContain("error: Frozen, but the schema beside it differs:\n  schemas/bronze/medications");
  expect(err).toContain("Raise the version in $id");
});

test.each([
  [["new", "Symptoms"], "error: Symptoms: write bronze/<table>"],
  [["new"], "missing required argument 'name'"],
  [["lint", "silver/nothing", "gold/nothing"], "error: gold/nothing: is no contract"],
])("%j is refused with exit code 2 and without a stack", async (args, words) => {
  const { code, err } = await contracts(...args);
  expect(code).toBe(2);
  expect(err).toContain(words);
  expect(err).not.toMatch(/\n\s+at /);
});

test("outside of the project there is nothing to begin", async () => {
  rmSync(join(root, dirname(PACKAGE)), { recursive: true });
  for (const command of [["new", "bronze/symptom_log"], ["lint"], ["freeze"], ["generate"]]) {
    const { code, err } = await contracts(...command);
    expect(code).toBe(2);
    expect(err).toContain("is not there: call medallion inside of this project");
  }
});
