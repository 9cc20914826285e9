import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests of the whole program take longest: where they come first, no worker ends long after the others. */
class WholeProgramFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isWhole = ({ moduleId }: TestSpecification): boolean => moduleId.includes("/e2e/");
    return [...sorted.filter(isWhole), ...sorted.filter((file) => !isWhole(file))];
  }
}

export default defineConfig({
  test: {
    include: ["**/src/**/*.test.ts", "e2e/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", ".cache/**"],
    // Output of passing tests says nothing: keep that of failing ones.
    silent: "passed-only",
    reporters: ["default", ["json", { outputFile: ".cache/vitest-report.json" }]],
    // Linked packages must be loaded once, by Node, or Beam's registry by name and `instanceof` see two copies.
    server: { deps: { external: [/\/dist\//] } },
    // One more than there are processors: what waits for a lease to end or a retry to come uses none.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: WholeProgramFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
