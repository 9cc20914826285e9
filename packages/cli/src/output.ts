/** Where a command writes: results to stdout, everything else to stderr. */
export interface Output {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { readonly isTTY?: boolean; write(text: string): unknown };
}

/** Ends of a command: 0 done, 1 a check failed or the run broke, 2 bad arguments. */
export type ExitCode = 0 | 1 | 2;
