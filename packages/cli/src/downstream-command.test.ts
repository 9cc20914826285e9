import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { docsCommand } from "./docs-command";
import { downstreamCommand } from "./downstream-command";

const folder = mkdtempSync(join(tmpdir(), "downstream-command-"));
afterAll(() => rmSync(folder, { recursive: true }));

function told(
  run: (output: { stdout: { write(text: string): void }; stderr: { write(text: string): void } }) => unknown,
) {
  let text = "";
  const write = (more: string): void => {
    text += more;
  };
  run({ stdout: { write }, stderr: { write } });
  return text;
}

function downstream(contract: string, pointer: string, format: "text" | "json" = "text"): string {
  return told((output) => downstreamCommand({ directory: __dirname, contract, pointer, format }, output));
}

describe("contracts downstream", () => {
  test("names readers with file and line, and counts them", () => {
    const text = downstream("bronze_therapy_sessions", "/status");
    expect(text).toMatch(
      /^bronze_therapy_sessions \/status: column silver_therapy_sessions\.status \(packages\/silver-transforms\/src\/therapy-sessions\.ts:\d+\)$/m,
    );
    expect(text).toContain("bronze_therapy_sessions /status: 1 readers, 1 places");
  });

  test("says so when nobody reads a field", () => {
    expect(downstream("bronze_therapy_sessions", "/finalSettings/timestamp")).toBe(
      "bronze_therapy_sessions /finalSettings/timestamp: nobody reads it\n",
    );
  });

  test("gives the same as JSON", () => {
    const found = JSON.parse(downstream("user_analytics_v1", "/age_group", "json")) as {
      readonly uses: readonly object[];
    };
    expect(found.uses).toContainEqual({
      contract: "user_analytics_v1",
      pointer: "/age_group",
      reader: { kind: "view", name: "user_health_dashboard_v1.age_group" },
      file: "packages/contracts/schemas/semantic/user_health_dashboard/schema.json",
      line: expect.any(Number),
    });
  });

  test("refuses a contract or a field that is not there, with what there is", () => {
    expect(() => downstream("bronze_sessions", "")).toThrow(
      /no contract bronze_sessions; there are bronze_medications, /,
    );
    expect(() => downstream("bronze_medications", "/medications/name")).toThrow(
      /no field \/medications\/name; .*\* for any entry/,
    );
    expect(() => downstream("bronze_medications", "medications")).toThrow(/no field medications; /);
    expect(downstream("bronze_medications", "/medications/*/name")).toContain("silver_medications.medication_name");
  });
});

describe("contracts docs", () => {
  test("writes the site, and leaves other files of the folder alone", () => {
    writeFileSync(join(folder, "CNAME"), "example.org");
    const text = told((output) => docsCommand({ directory: __dirname, out: join(folder) }, output));
    expect(text).toMatch(/^\d+ pages in .*, start at .*index\.html\n$/);
    expect(existsSync(join(folder, "silver_medications.html"))).toBe(true);
    expect(readFileSync(join(folder, "CNAME"), "utf8")).toBe("example.org");
  });

  test("refuses a folder that cannot be one", () => {
    expect(() => told((output) => docsCommand({ directory: __dirname, out: __filename }, output))).toThrow(
      /--out .*name a folder/,
    );
  });
});
