import type { Warehouse } from "@junoplus/warehouse";
import type { CheckResult } from "./check-result";
import { knownUserChecks } from "./known-users";
import { medicationPeriodChecks } from "./medication-periods";
import { rowRuleChecks } from "./row-rules";
import { sessionBalanceChecks } from "./session-balances";
import type { TableNames } from "./table-names";

/** What tables owe each other, and rows to themselves; a check whose tables are not all there is left out. */
export async function consistencyChecks(warehouse: Warehouse, nameOf: TableNames): Promise<CheckResult[]> {
  const checks = await Promise.all([
    sessionBalanceChecks(warehouse, nameOf),
    knownUserChecks(warehouse, nameOf),
    medicationPeriodChecks(warehouse, nameOf),
    rowRuleChecks(warehouse, nameOf),
  ]);
  return checks.flat();
}
