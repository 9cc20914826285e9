/** Which refusals ask for which right, by BigQuery's words; the first that fits. The last fits every refusal. */
export const PERMISSIONS: readonly { readonly words: RegExp; readonly cure: string }[] = [
  {
    words: /VPC Service Controls|organization's policy/i,
    cure: "Run inside the perimeter, or have its administrators let this account in.",
  },
  {
    words: /has not been used in project|API .*disabled/i,
    cure: "Run `gcloud services enable bigquery.googleapis.com`, wait a minute, and run again.",
  },
  {
    words: /bigquery\.jobs\./i,
    cure: "The account needs BigQuery Job User (roles/bigquery.jobUser) on the project.",
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
    cure: "The account needs BigQuery Data Editor (roles/bigquery.dataEditor) on the dataset.",
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
