export { createFrom } from "./create";
export { type Counters, DirectRunner, type DirectRunnerOptions } from "./direct-runner";
export { addExact, EMPTY_SUM, type ExactSum, mergeExact, roundExact } from "./exact-sum";
export { type FileRange, fileRanges, type LinesFile, linesOfRanges, spreadRanges } from "./file-ranges";
export { type Distribution, distributionsOfRun } from "./job-metrics";
export { combineBy, dropKey, type Grouped, groupBy, type Keyed, keyBy } from "./keyed";
export { JobFailedError, PrismRunner, type PrismRunnerOptions } from "./prism-runner";
export { type Split, splitByTag, type Tagged } from "./split-by-tag";
export { writeShards, writtenCounter } from "./write-shards";
