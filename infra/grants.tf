# Every role of every job, once. docs/gcp.md says of each which call fails without it.

locals {
  project_roles = {
    run       = ["roles/bigquery.jobUser"]
    check     = ["roles/bigquery.jobUser"]
    replay    = []
    reconcile = ["roles/bigquery.jobUser"]
    watch     = ["roles/bigquery.jobUser"]
  }

  dataset_roles = {
    run = {
      bronze   = "roles/bigquery.dataEditor"
      silver   = "roles/bigquery.dataEditor"
      gold     = "roles/bigquery.dataEditor"
      semantic = "roles/bigquery.dataEditor"
      quality  = "roles/bigquery.dataEditor"
      state    = "roles/bigquery.dataEditor"
      staging  = "roles/bigquery.dataEditor"
    }
    check = {
      bronze   = "roles/bigquery.dataViewer"
      silver   = "roles/bigquery.dataViewer"
      gold     = "roles/bigquery.dataViewer"
      semantic = "roles/bigquery.dataViewer"
      quality  = "roles/bigquery.dataViewer"
      state    = "roles/bigquery.dataViewer"
    }
    replay = {}
    reconcile = {
      silver  = "roles/bigquery.dataViewer"
      quality = "roles/bigquery.dataViewer"
    }
    watch = {
      quality = "roles/bigquery.dataViewer"
    }
  }

  # Only where there is a change log: the Storage Read API takes a session in the project, and data of the dataset.
  changelog_session_roles = {
    run    = "roles/bigquery.readSessionUser"
    replay = "roles/bigquery.readSessionUser"
  }
  changelog_dataset_roles = {
    run    = "roles/bigquery.dataViewer"
    replay = "roles/bigquery.dataViewer"
  }

  firestore_roles = {
    reconcile = "roles/datastore.viewer"
  }

  bucket_roles = {
    run = "roles/storage.objectUser"
  }

  sensitivity = { for rank, classification in local.contracts.classifications : classification => rank }

  # Who may see a classification may see the less sensitive ones.
  cleared = {
    for classification, rank in local.sensitivity : classification => toset(flatten([
      for own, members in var.readers : members if local.sensitivity[own] >= rank
    ]))
  }

  # Staging is nobody's to read: its rows are not checked yet. State is documents as they came, with what no table shows.
  dataset_readers = { for layer, facts in local.datasets : layer => contains(["staging", "state"], layer) ? toset([]) : local.cleared[facts.classification] }

  dataset_grants = flatten(concat(
    [for layer, _ in local.datasets : [{ layer = layer, role = "roles/bigquery.dataOwner", member = "projectOwner:${var.project}" }]],
    [for job, roles in local.dataset_roles : [for layer, role in roles : { layer = layer, role = role, member = local.job_members[job] }] if contains(keys(local.jobs), job)],
    [for layer, members in local.dataset_readers : [for member in members : { layer = layer, role = "roles/bigquery.dataViewer", member = member }]],
    var.policy_tags ? [for layer, _ in local.dataset_roles.run : [{ layer = layer, role = local.tagger_role, member = local.job_members.run }]] : [],
  ))

  project_grants = flatten(concat(
    [for job, roles in local.project_roles : [for role in roles : { job = job, role = role }] if contains(keys(local.jobs), job)],
    [for job, role in local.changelog_session_roles : [{ job = job, role = role }] if var.changelog != null],
  ))
}

resource "google_project_iam_member" "job" {
  for_each = { for grant in local.project_grants : "${grant.job} ${grant.role}" => grant }

  project = var.project
  role    = each.value.role
  member  = local.job_members[each.value.job]

  depends_on = [google_service_account.job]
}

# The whole policy of a dataset: what BigQuery grants a project's viewers and editors by itself is taken away, and what
# somebody adds by hand goes with the next apply.
resource "google_bigquery_dataset_iam_policy" "layer" {
  for_each = local.owned_datasets

  project    = var.project
  dataset_id = google_bigquery_dataset.layer[each.key].dataset_id
  policy_data = jsonencode({
    bindings = [
      for role in sort(distinct([for grant in local.dataset_grants : grant.role if grant.layer == each.key])) : {
        role    = role
        members = sort(distinct([for grant in local.dataset_grants : grant.member if grant.layer == each.key && grant.role == role]))
      }
    ]
  })

  depends_on = [google_service_account.job, google_project_iam_custom_role.column_tagger]
}

# The extension's dataset is not ours to close: grants of jobs are added to those that are there.
resource "google_bigquery_dataset_iam_member" "shared_bronze" {
  for_each = local.bronze_is_changelog ? {
    for grant in local.dataset_grants : "${grant.role} ${grant.member}" => grant
    if grant.layer == "bronze" && contains(values(local.job_members), grant.member)
  } : {}

  project    = var.project
  dataset_id = local.datasets.bronze.id
  role       = each.value.role
  member     = each.value.member

  depends_on = [google_service_account.job, google_project_iam_custom_role.column_tagger]
}

resource "google_bigquery_dataset_iam_member" "changelog" {
  for_each = { for job, role in local.changelog_dataset_roles : job => role if var.changelog != null }

  project    = var.changelog.project
  dataset_id = var.changelog.dataset
  role       = each.value
  member     = local.job_members[each.key]

  depends_on = [google_service_account.job]
}

# Firestore knows no grants below a database.
resource "google_project_iam_member" "firestore" {
  for_each = { for job, role in local.firestore_roles : job => role if var.firestore != null }

  project = var.firestore.project
  role    = each.value
  member  = local.job_members[each.key]

  condition {
    title       = "one database"
    description = "Only the database that is reconciled."
    expression  = "resource.name == \"projects/${var.firestore.project}/databases/${var.firestore.database}\""
  }

  depends_on = [google_service_account.job]
}
