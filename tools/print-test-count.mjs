// Prints "N passed, N failed" from vitest's JSON report. Under CI=true a skipped test counts as failed: nothing may be left out unseen.
import { readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(".cache/vitest-report.json", "utf8"));
const skipped = report.numPendingTests + report.numTodoTests;
const failedSuites = report.testResults.filter(
  ({ status, assertionResults }) => status === "failed" && assertionResults.every((test) => test.status !== "failed"),
).length;
const failed = report.numFailedTests + failedSuites + (process.env.CI === "true" ? skipped : 0);
if (skipped > 0) {
  for (const { assertionResults } of report.testResults) {
    for (const { status, fullName } of assertionResults) {
      if (status !== "passed" && status !== "failed") process.stderr.write(`skipped: ${fullName}\n`);
    }
  }
}
process.stdout.write(`${report.numPassedTests} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && report.numPassedTests > 0 ? 0 : 1;
