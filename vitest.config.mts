import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/src/**/*.test.ts", "e2e/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", ".cache/**"],
    // Output of passing tests says nothing: keep that of failing ones.
    silent: "passed-only",
    reporters: ["default", ["json", { outputFile: ".cache/vitest-report.json" }]],
    // Linked packages must be loaded once, by Node, or Beam's registry by name and `instanceof` see two copies.
    server: { deps: { external: [/\/dist\//] } },
    // The usual number leaves one processor out: of two, half of the machine.
    maxWorkers: "100%",
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
