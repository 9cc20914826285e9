import { silverMedications } from "@junoplus/contracts";
import { type CheckResult, noneOffends } from "./check-result";
import type { Measurement } from "./measurement";
import { quantity, whole } from "./quantity";
import type { TableNames } from "./table-names";

/** The periods of one user's medication follow each other, and at most the last is open. */
export function medicationPeriodChecks(nameOf: TableNames): readonly Measurement[] {
  const medications = nameOf(silverMedications, "changed_users");
  if (medications === null) return [];
  return [
    {
      columns: {
        row_total: "COUNT(*)",
        overlap_total:
          "COUNT(CASE WHEN next_from IS NOT NULL AND (valid_to IS NULL OR valid_to > next_from) THEN 1 END)",
      },
      from: `(
      SELECT valid_to, LEAD(valid_from) OVER (PARTITION BY user_id, medication_key ORDER BY valid_from) AS next_from
      FROM ${medications}
    ) AS periods`,
      results: (count) => [
        check(
          "periods_apart",
          "no period reaches into the next",
          count("overlap_total"),
          quantity(count("row_total"), "period"),
        ),
      ],
    },
    {
      columns: { medication_total: "COUNT(*)", doubled_total: "COUNT(CASE WHEN open_total > 1 THEN 1 END)" },
      from: `(
      SELECT user_id, medication_key, COUNT(CASE WHEN valid_to IS NULL THEN 1 END) AS open_total
      FROM ${medications} GROUP BY user_id, medication_key
    ) AS medications`,
      results: (count) => [
        check(
          "one_current_period",
          "a user's medication has at most one current period",
          count("doubled_total"),
          quantity(count("medication_total"), "medication"),
        ),
      ],
    },
  ];
}

function check(metric: string, promise: string, offending: number, total: string): CheckResult {
  const outcome = offending === 0 ? "all" : `not so for ${whole(offending)} of`;
  const description = `${promise}: ${outcome} ${total}`;
  return noneOffends({ table: silverMedications.table, metric, category: "consistency", offending, description });
}
