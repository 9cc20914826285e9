import { silverMedications } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { type CheckResult, noneOffends } from "./check-result";
import { figures } from "./figures";
import { quantity, whole } from "./quantity";
import type { TableNames } from "./table-names";

/** The periods of one user's medication follow each other, and at most the last is open. */
export async function medicationPeriodChecks(warehouse: Warehouse, nameOf: TableNames): Promise<CheckResult[]> {
  const medications = nameOf(silverMedications, "changed_users");
  if (medications === null) return [];
  const [overlaps, open] = await Promise.all([
    figures(
      warehouse,
      `SELECT COUNT(*) AS row_total,
      COUNT(CASE WHEN next_from IS NOT NULL AND (valid_to IS NULL OR valid_to > next_from) THEN 1 END) AS overlap_total
    FROM (
      SELECT valid_to, LEAD(valid_from) OVER (PARTITION BY user_id, medication_key ORDER BY valid_from) AS next_from
      FROM ${medications}
    ) AS periods`,
    ),
    figures(
      warehouse,
      `SELECT COUNT(*) AS medication_total, COUNT(CASE WHEN open_total > 1 THEN 1 END) AS doubled_total
    FROM (
      SELECT user_id, medication_key, COUNT(CASE WHEN valid_to IS NULL THEN 1 END) AS open_total
      FROM ${medications} GROUP BY user_id, medication_key
    ) AS medications`,
    ),
  ]);
  return [
    check(
      "periods_apart",
      "no period reaches into the next",
      overlaps("overlap_total"),
      overlaps("row_total"),
      "period",
    ),
    check(
      "one_current_period",
      "a user's medication has at most one current period",
      open("doubled_total"),
      open("medication_total"),
      "medication",
    ),
  ];
}

function check(metric: string, promise: string, offending: number, total: number, unit: string): CheckResult {
  const outcome = offending === 0 ? "all" : `not so for ${whole(offending)} of`;
  return noneOffends({
    table: silverMedications.table,
    metric,
    category: "consistency",
    offending,
    description: `${promise}: ${outcome} ${quantity(total, unit)}`,
  });
}
