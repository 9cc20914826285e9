import { knownUserChecks } from "./known-users";
import type { Measurement } from "./measurement";
import { medicationPeriodChecks } from "./medication-periods";
import { rowRuleChecks } from "./row-rules";
import { sessionBalanceChecks } from "./session-balances";
import type { TableNames } from "./table-names";

/** What tables owe each other, and rows to themselves; a check whose tables are not all there is left out. */
export function consistencyChecks(nameOf: TableNames): readonly Measurement[] {
  return [
    ...sessionBalanceChecks(nameOf),
    ...knownUserChecks(nameOf),
    ...medicationPeriodChecks(nameOf),
    ...rowRuleChecks(nameOf),
  ];
}
