import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freeze } from "@junoplus/contracts/generate/freeze";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runProgram } from "./program";

const SCHEMAS = "packages/contracts/schemas";
const REAL = join(__dirname, "../../..", SCHEMAS);

type Fields = Record<string, Record<string, unknown>>;
/** A schema as these tests edit it. */
interface Editable {
  $id: string;
  description: string;
  required: string[];
  properties: Fields;
}

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "contracts-"));
  mkdirSync(join(root, dirname(SCHEMAS)), { recursive: true });
  cpSync(REAL, join(root, SCHEMAS), { recursive: true });
  git("init", "--quiet", "--initial-branch=main");
  commit();
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function git(...args: readonly string[]): void {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
  const { status, stderr } = spawnSync("git", [...identity, ...args], { cwd: root, encoding: "utf8" });
  expect(status, stderr).toBe(0);
}

function commit(): void {
  git("add", "--all");
  git("commit", "--quiet", "--message", "contracts");
}

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

/** The fields of a map of the document. */
function below(schema: Editable, name: string): Fields {
  return field(schema, name)["properties"] as Fields;
}

async function contracts(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: "", err: "" };
  const code = await runProgram({
    args: ["contracts", ...args],
    directory: root,
    now: "2026-01-01T00:00:00.000000Z",
    output: { stdout: { write: (part) => (text.out += part) }, stderr: { write: (part) => (text.err += part) } },
  });
  return { code, ...text };
}

async function markdown(): Promise<string> {
  const { code, out } = await contracts("diff", "--against", "main", "--format", "markdown");
  return `${out}exit ${code}`;
}

const SESSIONS = "bronze/therapy_sessions";
const SILVER = "silver/therapy_sessions";

test("nothing changed", async () => {
  expect(await markdown()).toMatchInlineSnapshot(`
    "# Contracts against \`main\`

    0 changed, 0 new, 0 removed: may be merged
    exit 0"
  `);
});

describe("changes that may be merged", () => {
  test("a field is added to a change log", async () => {
    edit(
      SESSIONS,
      (schema) => {
        below(schema, "feedback")["mood"] = { type: "string", description: "Mood.", classification: "health" };
      },
      "1.1.0",
    );
    expect(await markdown()).toMatchInlineSnapshot(`
      "# Contracts against \`main\`

      1 changed, 0 new, 0 removed: may be merged

      ## bronze_therapy_sessions 1.0.0 to 1.1.0: changed, may be merged

      - backward assumes, forward holds; bump needed: minor

      | where | kind | backward | forward | bump | what, and what to do |
      | --- | --- | --- | --- | --- | --- |
      | \`/properties/feedback/properties/mood\` | property_added_to_open | assumes | holds | minor | mood is new. Documents that carried it unnamed may hold something else: see what is stored before merging. |
      exit 0"
    `);
  });

  test("a column is added to a table", async () => {
    edit(
      SILVER,
      (schema) => {
        schema.properties["mood"] = {
          type: ["string", "null"],
          description: "Mood. NULL: not written.",
          classification: "health",
        };
        schema.required.push("mood");
      },
      "1.1.0",
    );
    expect(await markdown()).toMatchInlineSnapshot(`
      "# Contracts against \`main\`

      1 changed, 0 new, 0 removed: may be merged

      ## silver_therapy_sessions 1.0.0 to 1.1.0: changed, may be merged

      - backward holds, forward breaks; bump needed: minor

      | where | kind | backward | forward | bump | what, and what to do |
      | --- | --- | --- | --- | --- | --- |
      | \`/properties/mood\` | column_added | holds | breaks | minor | Column mood is new: rows that are there have none in it. Readers that name their columns go on. |

      BigQuery:

      \`\`\`sql
      ALTER TABLE \`junoplus_analytics_silver.silver_therapy_sessions\` ADD COLUMN mood STRING OPTIONS (description = "Mood. NULL: not written.");
      \`\`\`

      DuckDB:

      \`\`\`sql
      ALTER TABLE "junoplus_analytics_silver"."silver_therapy_sessions" ADD COLUMN "mood" VARCHAR;
      COMMENT ON COLUMN "junoplus_analytics_silver"."silver_therapy_sessions"."mood" IS 'Mood. NULL: not written.';
      \`\`\`
      exit 0"
    `);
  });

  test("an enum grows", async () => {
    edit(SILVER, (schema) => (field(schema, "device_size")["enum"] as unknown[]).push("Mini"), "1.1.0");
    expect(await markdown()).toMatchInlineSnapshot(`
      "# Contracts against \`main\`

      1 changed, 0 new, 0 removed: may be merged

      ## silver_therapy_sessions 1.0.0 to 1.1.0: changed, may be merged

      - backward holds, forward breaks; bump needed: minor

      | where | kind | backward | forward | bump | what, and what to do |
      | --- | --- | --- | --- | --- | --- |
      | \`/properties/device_size/enum\` | enum_grown | holds | breaks | minor | Allowed values grow by "Mini". Whoever tells the values apart has to expect them. |
      exit 0"
    `);
  });

  test("a column is removed under a new major", async () => {
    edit(
      SILVER,
      (schema) => {
        delete schema.properties["user_adjusted"];
        schema.required = schema.required.filter((name) => name !== "user_adjusted");
      },
      "2.0.0",
    );
    expect(await markdown()).toMatchInlineSnapshot(`
      "# Contracts against \`main\`

      1 changed, 0 new, 0 removed: may be merged

      ## silver_therapy_sessions 1.0.0 to 2.0.0: changed, may be merged

      - backward breaks, forward breaks; bump needed: major
      - breaks with frozen 1.0.0: what was written under it is not read any more, there are no upcasters yet

      | where | kind | backward | forward | bump | what, and what to do |
      | --- | --- | --- | --- | --- | --- |
      | \`/properties/user_adjusted\` | property_removed_from_closed | breaks | breaks | major | user_adjusted is gone. Keep it until nobody reads it; removing it raises the major version. |

      Not in place:

      - user_adjusted: is in the contract no more, and nothing drops it; keep the column until nobody reads it, or rebuild the table under a new name
      exit 0"
    `);
  });

  test("a new collection", async () => {
    const folder = join(root, SCHEMAS, "bronze/symptom_log");
    cpSync(join(root, SCHEMAS, "bronze/medications"), folder, { recursive: true });
    rmSync(join(folder, "versions"), { recursive: true });
    edit(
      "bronze/symptom_log",
      (schema) => {
        Object.assign(schema, { title: "bronze_symptom_log", $id: "urn:junoplus:contract:bronze:symptom_log:1.0.0" });
      },
      "1.0.0",
    );
    expect(await markdown()).toMatchInlineSnapshot(`
      "# Contracts against \`main\`

      0 changed, 1 new, 0 removed: may be merged

      ## bronze_symptom_log 1.0.0: new, may be merged
      exit 0"
    `);
  });
});

describe("changes that are refused", () => {
  test("a field is renamed", async () => {
    edit(
      SESSIONS,
      (schema) => {
        const feedback = below(schema, "feedback");
        feedback["painBefore"] = feedback["painLevelBefore"] as Record<string, unknown>;
        delete feedback["painLevelBefore"];
      },
      "1.1.0",
    );
    expect(await markdown()).toMatchInlineSnapshot(`
      "# Contracts against \`main\`

      1 changed, 0 new, 0 removed: 1 refused

      ## bronze_therapy_sessions 1.0.0 to 1.1.0: changed, refused

      - refused: 1.0.0 to 1.1.0 is too little, major is needed: write 2.0.0 or higher in $id, then npm run freeze and npm run generate.
      - backward assumes, forward assumes; bump needed: major

      | where | kind | backward | forward | bump | what, and what to do |
      | --- | --- | --- | --- | --- | --- |
      | \`/properties/feedback/properties/painLevelBefore\` | property_removed_from_open | holds | assumes | major | painLevelBefore is gone; painBefore of the same type is new: renamed? A rename is a removal. Keep it until nobody reads it; removing it raises the major version. |
      | \`/properties/feedback/properties/painBefore\` | property_added_to_open | assumes | holds | minor | painBefore is new. Documents that carried it unnamed may hold something else: see what is stored before merging. |
      exit 1"
    `);
  });

  test("a range is tightened", async () => {
    edit(
      SESSIONS,
      (schema) => Object.assign(below(schema, "initialSettings")["tensLevel"] ?? {}, { maximum: 5 }),
      "1.1.0",
    );
    expect(await markdown()).toMatchInlineSnapshot(`
      "# Contracts against \`main\`

      1 changed, 0 new, 0 removed: 1 refused

      ## bronze_therapy_sessions 1.0.0 to 1.1.0: changed, refused

      - refused: 1.0.0 to 1.1.0 is too little, major is needed: write 2.0.0 or higher in $id, then npm run freeze and npm run generate.
      - backward breaks, forward holds; bump needed: major
      - breaks with frozen 1.0.0: what was written under it is not read any more, there are no upcasters yet

      | where | kind | backward | forward | bump | what, and what to do |
      | --- | --- | --- | --- | --- | --- |
      | \`/properties/initialSettings/properties/tensLevel/maximum\` | maximum_lowered | breaks | holds | major | maximum from 10 to 5: values that were valid are refused. Keep the bound, or raise the major version. |
      exit 1"
    `);
  });

  test("a day becomes an instant", async () => {
    edit(SILVER, (schema) => Object.assign(field(schema, "session_date"), { format: "date-time" }), "1.1.0");
    expect(await markdown()).toMatchInlineSnapshot(`
      "# Contracts against \`main\`

      1 changed, 0 new, 0 removed: 1 refused

      ## silver_therapy_sessions 1.0.0 to 1.1.0: changed, refused

      - refused: 1.0.0 to 1.1.0 is too little, major is needed: write 2.0.0 or higher in $id, then npm run freeze and npm run generate.
      - backward breaks, forward breaks; bump needed: major
      - breaks with frozen 1.0.0: what was written under it is not read any more, there are no upcasters yet

      | where | kind | backward | forward | bump | what, and what to do |
      | --- | --- | --- | --- | --- | --- |
      | \`/properties/session_date/format\` | format_changed | breaks | breaks | major | Format from "date" to "date-time": the value is read differently. Add a new field in the new format, or raise the major version. |

      Not in place:

      - session_date: DATE does not become TIMESTAMP in place; add a column of the new type beside it, or rebuild the table
      exit 1"
    `);
  });

  test("a field becomes mandatory, and the version stays", async () => {
    edit(SESSIONS, (schema) => {
      schema.required = ["status"];
    });
    expect(await markdown()).toMatchInlineSnapshot(`
      "# Contracts against \`main\`

      1 changed, 0 new, 0 removed: 1 refused

      ## bronze_therapy_sessions 1.0.0: changed, refused

      - refused: 1.0.0 to 1.0.0 is too little, major is needed: write 2.0.0 or higher in $id, then npm run freeze and npm run generate.
      - backward breaks, forward holds; bump needed: major
      - breaks with frozen 1.0.0: what was written under it is not read any more, there are no upcasters yet

      | where | kind | backward | forward | bump | what, and what to do |
      | --- | --- | --- | --- | --- | --- |
      | \`/required\` | required_added | breaks | holds | major | status is required now, but documents without it were valid. Leave it optional, or raise the major version. |
      exit 1"
    `);
  });

  test("a type changes", async () => {
    edit(SILVER, (schema) => Object.assign(field(schema, "duration_minutes"), { type: ["string", "null"] }), "1.1.0");
    expect(await markdown()).toMatchInlineSnapshot(`
      "# Contracts against \`main\`

      1 changed, 0 new, 0 removed: 1 refused

      ## silver_therapy_sessions 1.0.0 to 1.1.0: changed, refused

      - refused: 1.0.0 to 1.1.0 is too little, major is needed: write 2.0.0 or higher in $id, then npm run freeze and npm run generate.
      - backward breaks, forward breaks; bump needed: major
      - breaks with frozen 1.0.0: what was written under it is not read any more, there are no upcasters yet

      | where | kind | backward | forward | bump | what, and what to do |
      | --- | --- | --- | --- | --- | --- |
      | \`/properties/duration_minutes/type\` | type_changed | breaks | breaks | major | Type from ["integer"] to ["string"]: another type. Add a new field, or raise the major version. |

      Not in place:

      - duration_minutes: INT64 does not become STRING in place; add a column of the new type beside it, or rebuild the table
      exit 1"
    `);
  });

  test("a whole contract is removed", async () => {
    rmSync(join(root, SCHEMAS, "gold/daily_metrics"), { recursive: true });
    expect(await markdown()).toMatchInlineSnapshot(`
      "# Contracts against \`main\`

      0 changed, 0 new, 1 removed: 1 refused

      ## daily_metrics_v1 1.0.0: removed, refused

      - refused: a whole contract is gone, and no version says so: put the folder back until nobody reads its rows
      exit 1"
    `);
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
    commit();
    edit(
      SESSIONS,
      (schema) => {
        schema.properties["status"] = { type: "integer", description: "State.", classification: "internal" };
      },
      "2.1.0",
    );
    // 1.0.0 has paid by the major between; what is stored under it is named all the same.
    const { code, out } = await contracts("diff", "--against", "main");
    expect(code).toBe(0);
    expect(out).toContain("breaks with frozen 1.0.0");
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
    against main: 1 changed, 0 new, 0 removed: 1 refused
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
    against main: 1 changed, 0 new, 0 removed: may be merged
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
