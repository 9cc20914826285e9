import { API_SWITCHED_OFF, needsRole, OUTSIDE_PERIMETER, switchOn } from "@junoplus/contracts";

/** Which refusals ask for which right, by BigQuery's words; the first that fits. The last fits every refusal. */
export const PERMISSIONS: readonly { readonly words: RegExp; readonly cure: string }[] = [
  OUTSIDE_PERIMETER,
  {
    words: API_SWITCHED_OFF,
    cure: switchOn("bigquery"),
  },
  {
    words: /bigquery\.jobs\./i,
    cure: needsRole("BigQuery Job User", "roles/bigquery.jobUser", "project"),
  },
  {
    words: /bigquery\.datasets\.create/i,
    cure:
      "Have the datasets made (docs/gcp.md), or give the account BigQuery Data Editor (roles/bigquery.dataEditor) on " +
      "the project.",
  },
  {
    words: /bigquery\.tables\.setCategory|datacatalog\./i,
    cure: "With --policy-tags the account also needs the role medallion_column_tagger (docs/gcp.md).",
  },
  {
    words: /bigquery\.(tables|datasets|routines)\./i,
    cure: needsRole("BigQuery Data Editor", "roles/bigquery.dataEditor", "dataset"),
  },
  {
    words: /^/,
    cure: "The account needs BigQuery Data Editor on the datasets and BigQuery Job User on the project.",
  },
];

/** True when BigQuery refuses for want of a right. */
export function isRefused(code: string, reasons: readonly string[]): boolean {
  return code === "403" || reasons.some((reason) => /^(accessDenied|blocked|policyViolation)$/.test(reason));
}
