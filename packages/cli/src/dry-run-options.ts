/** How a dry run is told, and what bytes cost; without a rate nothing is priced. */
export interface DryRunOptions {
  readonly format: "text" | "json";
  /** US dollars a TiB that queries are billed for. */
  readonly pricePerTib: number | null;
  /** US dollars a TiB that the Storage Read API reads. */
  readonly readPricePerTib: number | null;
}

/** As they stand on the command line. */
export interface DryRunArguments {
  readonly dryRun?: boolean;
  readonly format?: string;
  readonly pricePerTib?: string;
  readonly readPricePerTib?: string;
}

/** Checks the options of a dry run; null where none is asked for. */
export function dryRunOptions(given: DryRunArguments, faults: string[]): DryRunOptions | null {
  const { dryRun, format, pricePerTib, readPricePerTib } = given;
  const named = { "--format": format, "--price-per-tib": pricePerTib, "--read-price-per-tib": readPricePerTib };
  if (dryRun !== true) {
    for (const [option, value] of Object.entries(named)) {
      if (value !== undefined) faults.push(`${option} ${value}: belongs to --dry-run`);
    }
    return null;
  }
  if (format !== undefined && format !== "text" && format !== "json") {
    faults.push(`--format ${format}: write text or json`);
  }
  return {
    format: format === "json" ? "json" : "text",
    pricePerTib: price("--price-per-tib", pricePerTib, faults),
    readPricePerTib: price("--read-price-per-tib", readPricePerTib, faults),
  };
}

function price(option: string, given: string | undefined, faults: string[]): number | null {
  if (given === undefined) return null;
  if (/^\d{1,6}(\.\d{1,6})?$/.test(given)) return Number(given);
  faults.push(`${option} ${given}: write US dollars a TiB, for example 6.25`);
  return null;
}
