import { randomUUID } from "node:crypto";
import { CallPlan } from "@junoplus/warehouse";
import type { DryRunFindings } from "./dry-run-findings";
import type { DryRunOptions } from "./dry-run-options";
import { dryRunReport, dryRunText } from "./dry-run-report";
import type { ExitCode, Output } from "./output";
import { jsonProgress, type Progress, textProgress } from "./progress";
import { runMedallion, systemClock } from "./run";
import { dryRunMeans } from "./run-means";
import type { RunOptions } from "./run-options";

/** `medallion run --dry-run`: goes the way of a run, and tells what it would call, read and pay for. Throws what a run would. */
export async function dryRunCommand(options: RunOptions, dryRun: DryRunOptions, output: Output): Promise<ExitCode> {
  const findings: DryRunFindings = { reads: [], plan: new CallPlan() };
  const told = (options.log === "json" ? jsonProgress : textProgress)(output.stderr, Date.now);
  const { reading } = await runMedallion(options, systemClock(randomUUID), onlyWarnings(told), dryRunMeans(findings));
  const report = dryRunReport(options, reading, findings, dryRun);
  output.stdout.write(dryRun.format === "json" ? `${JSON.stringify(report, null, 2)}\n` : dryRunText(report));
  return 0;
}

/** Nothing is read or loaded, so there is no progress to tell. */
function onlyWarnings(progress: Progress): Progress {
  return {
    stage: () => {},
    counters: () => {},
    warn: (message) => progress.warn(message),
    done: () => progress.done(),
  };
}
