import { join } from "node:path";

/** The change log that ships with the project, recorded from the extension's own writer. */
export const SAMPLE_DIRECTORY = join(__dirname, "../../../examples/changelog-sample");

/** What stands in a report where no other source was named. */
export const SAMPLE_WORDS = "the shipped sample";
