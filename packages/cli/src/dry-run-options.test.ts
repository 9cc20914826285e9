import { expect, test } from "vitest";
import { OptionsError } from "./options-error";
import { type RunArguments, runOptions } from "./run-options";

const NOW = "2026-01-01T00:00:00.000000Z";

function dryRunOf(given: RunArguments) {
  return runOptions({ source: "log", warehouse: "duckdb:m.duckdb", ...given }, NOW).dryRun;
}

test("without rates nothing is priced", () => {
  expect(dryRunOf({})).toBeNull();
  expect(dryRunOf({ dryRun: true })).toEqual({ format: "text", pricePerTib: null, readPricePerTib: null });
});

test("rates are US dollars a TiB", () => {
  const given = { dryRun: true, format: "json", pricePerTib: "6.25", readPricePerTib: "0" };
  expect(dryRunOf(given)).toEqual({ format: "json", pricePerTib: 6.25, readPricePerTib: 0 });
});

test("every fault is told at once", () => {
  const faultsOf = (given: RunArguments): readonly string[] => {
    try {
      dryRunOf(given);
    } catch (error) {
      if (error instanceof OptionsError) return error.message.split("\n");
      throw error;
    }
    return [];
  };
  expect(faultsOf({ dryRun: true, format: "csv", pricePerTib: "5$", readPricePerTib: "-1" })).toEqual([
    "--format csv: write text or json",
    "--price-per-tib 5$: write US dollars a TiB, for example 6.25",
    "--read-price-per-tib -1: write US dollars a TiB, for example 6.25",
  ]);
  expect(faultsOf({ pricePerTib: "5" })).toEqual(["--price-per-tib 5: belongs to --dry-run"]);
});
