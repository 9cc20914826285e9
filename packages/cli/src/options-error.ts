/** What an operator gave that cannot be used: all faults at once, each with its cure. Ends in exit code 2, without a stack. */
export class OptionsError extends Error {
  override readonly name = "OptionsError" as const;
  constructor(readonly faults: readonly string[]) {
    super(faults.join("\n"));
  }
}
