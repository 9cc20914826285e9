import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openWarehouse } from "@junoplus/warehouse";
import { beforeAll, describe, expect, test } from "vitest";
import { checked, scratchProject } from "./testing/scratch-project";
import { tempDirectory } from "./testing/temp-directory";

const GUIDE = readFileSync(join(__dirname, "../docs/producers.md"), "utf8");
const root = join(tempDirectory(), "checkout");
const BUILDS = 900_000;

interface Block {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks below a heading of the guide, in order. */
function blocks(heading: string): readonly Block[] {
  const section =
    GUIDE.split(/^(?=## )/m).find((part) => part.startsWith(`## ${heading}\n`)) ?? GUIDE.split(/^## /m)[0];
  return [...(section ?? "").matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", text = ""]) => ({
    language,
    text,
  }));
}

/** Does what a block says: runs commands one after the other, applies a change. Gives what was printed. */
function follow({ language, text }: Block): string {
  if (language === "sh") return checked("bash", ["-e", "-c", text], root);
  if (language === "diff") return checked("git", ["apply", "--recount", "-"], root, text);
  throw new Error(`the guide has a block of ${language}: a test can follow sh and diff`);
}

const SECTIONS = ["", "Add a field", "What the report says", "A new collection"] as const;

test("every command of the guide stands in a section that is followed here", () => {
  const all = [...GUIDE.matchAll(/^```\w+$/gm)].length;
  expect(SECTIONS.map((heading) => blocks(heading).length).reduce((sum, count) => sum + count)).toBe(all);
  expect(all).toBeGreaterThan(10);
});

beforeAll(() => {
  scratchProject(root);
  for (const block of blocks("")) follow(block);
}, BUILDS);

describe.sequential("a producer who does what the guide says", () => {
  test(
    "adds a field, and reads that it may be merged",
    () => {
      const printed = blocks("Add a field").map(follow).join("");
      expect(printed).toContain("bronze_therapy_sessions 1.0.0 to 1.1.0: changed, may be merged");
      expect(printed).toContain("carry `/firmware` already, none of them as something that is refused now");
    },
    BUILDS,
  );

  test("has the verdict as an exit code", () => {
    expect(blocks("What the report says").map(follow).join("")).toContain("may be merged");
  });

  test(
    "adds a collection, whose table has the rows that the guide promises",
    async () => {
      for (const block of blocks("A new collection")) follow(block);
      const warehouse = await openWarehouse(`duckdb:${join(root, "symptoms.duckdb")}`, {
        prefix: "junoplus_analytics",
      });
      try {
        expect(
          await warehouse.query(
            "SELECT user_id, log_id, level, logged_at, changed_at FROM junoplus_analytics_silver.silver_symptoms",
          ),
        ).toEqual([
          {
            user_id: "u1",
            log_id: "l1",
            level: 6,
            logged_at: "2025-03-01T07:59:00.000000Z",
            changed_at: "2025-03-01T08:05:00.000001Z",
          },
        ]);
        const rejected = "SELECT table_name, pointers FROM junoplus_analytics_quality.rejected_changes";
        expect(await warehouse.query(rejected)).toEqual([{ table_name: "symptom_log_data", pointers: ["/level"] }]);
      } finally {
        await warehouse.close();
      }
    },
    BUILDS,
  );

  test("has edited two contract folders and one module, and nothing else by hand", () => {
    const touched = checked("git", ["status", "--porcelain", "--untracked-files=all"], root)
      .split("\n")
      .map((line) => line.slice(3))
      .filter((path) => path !== "");
    const mine = touched.filter((path) => !path.includes("/generated/") && !path.startsWith("changelog/"));
    const places = [
      /^packages\/contracts\/schemas\/(bronze\/symptom_log|silver\/symptoms)\//,
      /^packages\/silver-transforms\/src\/symptoms(\.test)?\.ts$/,
    ];
    expect(mine.filter((path) => !places.some((place) => place.test(path)))).toEqual([]);
    expect(mine.length).toBeGreaterThan(10);
  });
});
