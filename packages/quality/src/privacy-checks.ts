import { OPEN_DATASETS, type TableContract } from "@junoplus/contracts";
import { type CheckResult, noneOffends } from "./check-result";
import { quantity } from "./quantity";

/** No column of an open dataset is classified as a direct identifier. Reads contracts, no rows. */
export function privacyChecks(contracts: readonly TableContract[]): CheckResult[] {
  return contracts
    .filter((contract) => OPEN_DATASETS.has(contract.dataset))
    .map(({ table, columns }) => {
      const identifiers = columns.filter((column) => column.classification === "direct_identifier");
      const names = identifiers.map((column) => column.name).join(", ");
      return noneOffends({
        table,
        metric: "no_direct_identifier",
        category: "privacy",
        offending: identifiers.length,
        description: `no column is a direct identifier: ${
          identifiers.length === 0 ? `none of ${quantity(columns.length, "column")}` : names
        }`,
      });
    });
}
