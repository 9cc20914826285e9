import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { renderReport } from "@junoplus/quality/report/render-report";
import { openToRead, type StoreOptions } from "./open-store";
import { OptionsError } from "./options-error";
import type { ExitCode, Output } from "./output";

export interface ReportOptions extends StoreOptions {
  /** Where the page is written. */
  readonly out: string;
  /** The run that the page tells of; the last one where none is given. */
  readonly run?: string;
}

/** `medallion report`: one HTML page of a run; its path on stdout. */
export async function reportCommand(options: ReportOptions, output: Output): Promise<ExitCode> {
  const warehouse = await openToRead(options);
  let page: string;
  try {
    page = await renderReport(warehouse, options.run === undefined ? {} : { runId: options.run });
  } finally {
    await warehouse.close();
  }
  try {
    writeFileSync(options.out, page);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new OptionsError([
      `--out ${options.out}: cannot be written (${code}); name a file in a directory that is there`,
    ]);
  }
  output.stdout.write(`report: ${resolve(options.out)}\n`);
  return 0;
}
