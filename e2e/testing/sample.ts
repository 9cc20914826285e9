import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The recorded change log that ships with the project. */
export const SAMPLE = join(__dirname, "../../examples/changelog-sample");

export const SAMPLE_PREFIXES = [
  "therapy_sessions_data",
  "user_health_data",
  "medications_data",
  "period_tracking_data",
] as const;

/** The lines of a change log of the sample. */
export function sampleLines(prefix: string): readonly string[] {
  return readFileSync(join(SAMPLE, `${prefix}_raw_changelog.ndjson`), "utf8")
    .trimEnd()
    .split("\n");
}
