import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { freeze } from "@junoplus/contracts/generate/freeze";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Called, type ScratchCheckout, scratchCheckout } from "./testing/scratch-checkout";

const SCHEMAS = "packages/contracts/schemas";

type Fields = Record<string, Record<string, unknown>>;
/** A schema as these tests edit it. */
interface Editable {
  $id: string;
  description: string;
  required: string[];
  properties: Fields;
}

let root: string;
let checkout: ScratchCheckout;

beforeEach(() => {
  checkout = scratchCheckout();
  root = checkout.root;
});
afterEach(() => {
  checkout.remove();
});

/** Edits a contract; with a version, raises it and freezes it, as a producer does. */
function edit(folder: string, change: (schema: Editable) => void, version?: string): void {
  const path = join(root, SCHEMAS, folder, "schema.json");
  const schema = JSON.parse(readFileSync(path, "utf8")) as Editable;
  change(schema);
  if (version !== undefined) schema.$id = schema.$id.replace(/[^:]+$/, version);
  writeFileSync(path, `${JSON.stringify(schema, null, 2)}\n`);
  if (version !== undefined) freeze(join(root, dirname(SCHEMAS)));
}

function field(schema: Editable, name: string): Record<string, unknown> {
  const found = schema.properties[name];
  if (found === undefined) throw new Error(`${name} is gone; choose another field here`);
  return found;
}

function contracts(...args: readonly string[]): Promise<Called> {
  return checkout.medallion("contracts", ...args);
}

const SESSIONS = "bronze/therapy_sessions";
const SILVER = "silver/therapy_sessions";

test("nothing changed", async () => {
  expect(await contracts("diff", "--against", "main")).toMatchObject({
    code: 0,
    out: "against main: 0 changed, 0 new, 0 removed: may be merged. No contract changes.\n",
  });
});

test("a ref of which git cannot list the contracts is an error, and not one without contracts", async () => {
  const { stdout } = spawnSync("git", ["rev-parse", `main:${SCHEMAS}`], { cwd: root, encoding: "utf8" });
  const object = stdout.trim();
  rmSync(join(root, ".git/objects", object.slice(0, 2), object.slice(2)));
  const { code, out, err } = await contracts("check", "--against", "main");
  expect(code).toBe(1);
  expect(out).toBe("");
  expect(err).toContain(`git cannot list ${SCHEMAS} at`);
});

describe("changes that are refused, whatever the version", () => {
  test("a whole contract is removed", async () => {
    rmSync(join(root, SCHEMAS, "gold/daily_metrics"), { recursive: true });
    const { code, out } = await contracts("check", "--against", "main");
    expect(code).toBe(1);
    expect(out).toContain("daily_metrics_v1: a whole contract is gone, and no version says so: put the folder back");
  });

  test("a direct identifier goes beyond silver", async () => {
    edit(
      "gold/daily_metrics",
      (schema) => {
        schema.properties["email"] = {
          type: ["string", "null"],
          description: "E-mail. NULL: unknown.",
          classification: "direct_identifier",
        };
        schema.required.push("email");
      },
      "2.0.0",
    );
    const { code, out } = await contracts("check", "--against", "main");
    expect(code).toBe(1);
    expect(out).toContain("a direct identifier would be seen in gold");
  });

  test("a frozen version is changed, though its schema is not", async () => {
    const path = join(root, SCHEMAS, SILVER, "versions/1.0.0.json");
    writeFileSync(path, readFileSync(path, "utf8").replace('"maximum": 3', '"maximum": 4'));
    const { code, out } = await contracts("check", "--against", "main");
    expect(code).toBe(1);
    expect(out).toContain("silver/therapy_sessions/versions/1.0.0.json is frozen: put it back as it was");
  });

  test("a field comes back as another type than a frozen version had, one merge later", async () => {
    edit(SESSIONS, (schema) => delete schema.properties["status"], "2.0.0");
    checkout.commit();
    edit(
      SESSIONS,
      (schema) => {
        schema.properties["status"] = { type: "integer", description: "State.", classification: "internal" };
      },
      "2.1.0",
    );
    // 1.0.0 has paid by the major between; what is stored under it is named all the same.
    const { code, out } = await contracts("diff", "--against", "main", "--no-replay");
    expect(code).toBe(0);
    expect(out).toContain("what was written under 1.0.0 is no longer valid");
    const stored = await contracts("check", "--against", "main");
    expect(stored.code).toBe(1);
    expect(stored.out).toMatch(/\/status is carried by \d+ stored documents already as something that is refused now/);
    edit(SESSIONS, () => {}, "1.9.0");
    expect((await contracts("check", "--against", "main")).out).toContain("2.0.0 to 1.9.0");
  });
});

test("check prints what stands against the change, and nothing else", async () => {
  edit(SILVER, (schema) => Object.assign(field(schema, "final_heat"), { maximum: 2 }), "1.0.1");
  const { code, out } = await contracts("check", "--against", "main");
  expect(code).toBe(1);
  expect(out).toMatchInlineSnapshot(`
    "silver_therapy_sessions: 1.0.0 to 1.0.1 is too little, major is needed: write 2.0.0 or higher in $id, then npm run freeze and npm run generate.
      /properties/final_heat/maximum: maximum from 3 to 2: values that were valid are refused. Keep the bound, or raise the major version.
    against main: 1 changed, 0 new, 0 removed: may not be merged. silver_therapy_sessions: maximum from 3 to 2: values that were valid are refused. Keep the bound, or raise the major version. 1.0.0 to 1.0.1 is too little, major is needed: write 2.0.0 or higher in $id, then npm run freeze and npm run generate.
    "
  `);
});

test("json carries every difference with its verdicts", async () => {
  edit(SILVER, (schema) => Object.assign(field(schema, "final_heat"), { maximum: 4 }), "1.1.0");
  const { code, out } = await contracts("diff", "--against", "main", "--format", "json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    against: "main",
    isRefused: false,
    contracts: [
      {
        table: "silver_therapy_sessions",
        before: "1.0.0",
        after: "1.1.0",
        required: "minor",
        differences: [{ kind: "maximum_raised", pointer: "/properties/final_heat/maximum", backward: "holds" }],
      },
    ],
  });
});

test("text says the same on one line a difference", async () => {
  edit(SILVER, (schema) => Object.assign(field(schema, "final_heat"), { maximum: 4 }), "1.1.0");
  expect((await contracts("diff", "--against", "main")).out).toMatchInlineSnapshot(`
    "silver_therapy_sessions 1.0.0 to 1.1.0: changed, may be merged
      backward holds, forward breaks; bump needed: minor
      /properties/final_heat/maximum maximum_raised (backward holds, forward breaks, minor): maximum from 3 to 4: values that were refused are valid. Whoever reads them has to expect them.
    against main: 1 changed, 0 new, 0 removed: may be merged. What is stored stays valid, and every version rises by enough.
    "
  `);
});

describe("what cannot be compared", () => {
  test("no git checkout", async () => {
    rmSync(join(root, ".git"), { recursive: true });
    const { code, err } = await contracts("check", "--against", "main");
    expect({ code, err }).toEqual({
      code: 2,
      err: `error: ${root} is no git checkout: call medallion inside of this project\n`,
    });
  });

  test.each(["nowhere", "--help-me", "main:packages"])("a ref that git does not know: %s", async (ref) => {
    const { code, err } = await contracts("check", `--against=${ref}`);
    expect(code).toBe(2);
    expect(err).toContain(`--against ${ref}: git knows no such ref here`);
  });

  test("a checkout without contracts", async () => {
    rmSync(join(root, SCHEMAS), { recursive: true });
    const { code, err } = await contracts("check", "--against", "main");
    expect(code).toBe(2);
    expect(err).toContain("is not there: call medallion inside of this project");
  });

  test("no ref", async () => {
    const { code, err } = await contracts("diff");
    expect(code).toBe(2);
    expect(err).toContain("required option '--against <ref>' not specified");
  });

  test("a schema that is no JSON is named, without a stack", async () => {
    writeFileSync(join(root, SCHEMAS, SILVER, "schema.json"), "{");
    const { code, err } = await contracts("diff", "--against", "main");
    expect(code).toBe(1);
    expect(err).toMatch(/^error: schemas\/silver\/therapy_sessions\/schema\.json cannot be read: /);
    expect(err).not.toMatch(/\n\s+at /);
  });

  test("a column that no warehouse has is named", async () => {
    edit(SILVER, (schema) => Object.assign(field(schema, "status"), { type: "object" }), "2.0.0");
    const { code, err } = await contracts("diff", "--against", "main");
    expect(code).toBe(1);
    expect(err).toContain("silver/therapy_sessions/schema.json, column status: type");
  });
});
