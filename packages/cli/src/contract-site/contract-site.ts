import { join } from "node:path";
import { readContracts } from "@junoplus/contracts/generate/schema-file";
import { CONTRACTS_PACKAGE } from "../contract-files";
import type { FieldUse } from "../downstream/downstream";
import { contractPage } from "./contract-page";
import { indexPage, lineagePage } from "./index-pages";
import { pageOf } from "./links";
import { siteContract } from "./site-contract";

/** Every page of the site by its file name, from the contracts of a repository and the uses of their fields. */
export function contractSite(root: string, uses: readonly FieldUse[]): ReadonlyMap<string, string> {
  const contracts = readContracts(join(root, CONTRACTS_PACKAGE)).map((contract) => siteContract(root, contract, uses));
  return new Map([
    ["index.html", indexPage(contracts)],
    ["lineage.html", lineagePage(contracts, uses)],
    ...contracts.map((contract): [string, string] => [pageOf(contract.title), contractPage(contract)]),
  ]);
}
