export { type Invocation, runProgram } from "./program";
export { type RunClock, type RunOutcome, runMedallion, systemClock } from "./run";
export { type RunArguments, type RunOptions, runOptions } from "./run-options";
