import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const FOLDER = join(__dirname, "../.github/workflows");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = readdirSync(FOLDER).map(
  (file) => [file, parse(readFileSync(join(FOLDER, file), "utf8")) as Workflow] as const,
);

describe.each(workflows)("%s", (_file, { on, permissions, jobs }) => {
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  const granted = [permissions ?? {}, ...Object.values(jobs).map((job) => job.permissions ?? {})];

  test("says what its token may, and writes nothing where a pull request's own code runs", () => {
    expect(permissions).toBeDefined();
    const writes = granted.flatMap((rights) => Object.values(rights)).filter((right) => right !== "read");
    if (Object.hasOwn(on, "pull_request")) expect(writes).toEqual([]);
    expect(Object.hasOwn(on, "pull_request_target")).toBe(false);
  });

  test("takes actions by commit, so that what is run is what was looked at", () => {
    const used = steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
    expect(used.filter((uses) => !/^actions\/[a-z-]+@[0-9a-f]{40}$/.test(uses))).toEqual([]);
  });

  test("leaves no token in the checkout", () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.filter((step) => step.with?.["persist-credentials"] !== false)).toEqual([]);
  });

  test("writes nothing that a stranger chose into a shell", () => {
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });

  test("ends by itself", () => {
    expect(Object.values(jobs).every((job) => (job["timeout-minutes"] ?? 0) > 0)).toBe(true);
  });
});

test("a change of contracts is reported and checked, and the comment follows that workflow", () => {
  const [contracts, comment] = ["contracts.yml", "contracts-comment.yml"].map(
    (name) => workflows.find(([file]) => file === name)?.[1],
  );
  const runs = Object.values(contracts?.jobs ?? {}).flatMap((job) => job.steps.map(({ run }) => run ?? ""));
  expect(runs).toContain("npx medallion contracts check --against HEAD^1");
  expect(contracts?.on["pull_request"]).toEqual({ paths: ["packages/contracts/schemas/**"] });
  expect(comment?.on).toEqual({ workflow_run: { workflows: ["contracts"], types: ["completed"] } });
});
