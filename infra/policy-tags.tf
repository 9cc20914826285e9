# One tag per classification of the contracts. A tag guards the columns that carry it, and no others.

locals {
  tagger_role = "projects/${var.project}/roles/medallion_column_tagger"

  # Jobs that read or write tagged columns, and those who are cleared for the classification.
  tag_jobs = ["run", "check", "reconcile"]
  # Jobs whose columns are all internal: they see no others.
  internal_tag_jobs = ["watch"]
  tag_grants = flatten([
    for classification, members in local.cleared : [
      for member in concat(
        [for job in local.tag_jobs : local.job_members[job] if contains(keys(local.jobs), job)],
        [for job in local.internal_tag_jobs : local.job_members[job] if classification == "internal" && contains(keys(local.jobs), job)],
        tolist(members),
      ) :
      { classification = classification, member = member }
    ] if var.policy_tags
  ])
}

resource "google_data_catalog_taxonomy" "classification" {
  count = var.policy_tags ? 1 : 0

  project                = var.project
  region                 = lower(var.location)
  display_name           = "${var.prefix} classification"
  description            = "How sensitive a column is, by its contract."
  activated_policy_types = ["FINE_GRAINED_ACCESS_CONTROL"]
}

resource "google_data_catalog_policy_tag" "classification" {
  for_each = toset(var.policy_tags ? local.contracts.classifications : [])

  taxonomy     = google_data_catalog_taxonomy.classification[0].id
  display_name = each.key
  description  = "Columns that contracts classify as ${each.key}."
}

resource "google_data_catalog_policy_tag_iam_member" "reader" {
  for_each = { for grant in local.tag_grants : "${grant.classification} ${grant.member}" => grant }

  policy_tag = google_data_catalog_policy_tag.classification[each.value.classification].name
  role       = "roles/datacatalog.categoryFineGrainedReader"
  member     = each.value.member

  depends_on = [google_service_account.job]
}

# No ready-made role below dataset owner may tag a column.
resource "google_project_iam_custom_role" "column_tagger" {
  count = var.policy_tags ? 1 : 0

  project     = var.project
  role_id     = "medallion_column_tagger"
  title       = "medallion column tagger"
  description = "Puts policy tags on columns."
  permissions = ["bigquery.tables.setCategory", "datacatalog.taxonomies.get"]
}

resource "google_data_catalog_taxonomy_iam_member" "column_tagger" {
  count = var.policy_tags ? 1 : 0

  taxonomy = google_data_catalog_taxonomy.classification[0].name
  role     = google_project_iam_custom_role.column_tagger[0].name
  member   = local.job_members.run

  depends_on = [google_service_account.job]
}
