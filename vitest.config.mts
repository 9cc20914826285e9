import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/src/**/*.test.ts", "e2e/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    // The DirectRunner of the SDK prints each bundle: keep the output of failing tests only.
    silent: "passed-only",
    // Linked packages must be loaded once, by Node, or Beam's registry by name and `instanceof` see two copies.
    server: { deps: { external: [/\/dist\//] } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
