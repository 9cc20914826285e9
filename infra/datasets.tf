# Datasets are made here, tables by `medallion run` from their contracts.

locals {
  contracts = jsondecode(file("${path.module}/generated/contracts.json"))

  descriptions = {
    bronze   = "Payloads of rejected changes: personal data."
    silver   = "One row per thing of the app: current rows and histories. Direct identifiers end here."
    gold     = "Analytics and ML tables, made from silver."
    semantic = "Views for dashboards."
    quality  = "Ledger of runs, checks and their history, rejected changes without their payloads."
    state    = "Documents, totals and positions that a run leaves to the next one: personal data. Jobs read here, nobody else."
    staging  = "Tables of runs under way. Nobody reads here; what is left expires."
  }

  # Staging holds rows of every layer, so it is as sensitive as the most sensitive one.
  datasets = merge(
    { for layer, facts in local.contracts.datasets : layer => {
      id             = "${var.prefix}${facts.suffix}"
      classification = facts.classification
    } },
    { staging = { id = "${var.prefix}_staging", classification = "direct_identifier" } },
  )

  bronze_is_changelog = try(var.changelog.shared_with_bronze, false)
  owned_datasets      = { for layer, facts in local.datasets : layer => facts if !(layer == "bronze" && local.bronze_is_changelog) }
}

resource "google_bigquery_dataset" "layer" {
  for_each = local.owned_datasets

  project     = var.project
  dataset_id  = each.value.id
  location    = var.location
  description = local.descriptions[each.key]
  labels = merge(var.labels, {
    managed_by     = "terraform"
    layer          = each.key
    classification = each.value.classification
  })

  default_table_expiration_ms = each.key == "staging" ? var.staging_expiration_days * 24 * 3600 * 1000 : null
  # What was staged, or left to the next run, is not worth a week of history: it is as personal as what it was made from.
  max_time_travel_hours = contains(["staging", "state"], each.key) ? "48" : "168"
  # A dataset that holds tables is not destroyed by mistake.
  delete_contents_on_destroy = false
}
