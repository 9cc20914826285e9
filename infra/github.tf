# Workflows of one repository act as jobs without keys. Which branch or environment may be which job is said subject by
# subject; the condition on the repository's number holds for all of them.

resource "google_iam_workload_identity_pool" "github" {
  count = var.github == null ? 0 : 1

  project                   = var.project
  workload_identity_pool_id = "medallion-github"
  display_name              = "medallion GitHub"
  description               = "Workflows of ${var.github.repository}."
}

resource "google_iam_workload_identity_pool_provider" "github" {
  count = var.github == null ? 0 : 1

  project                            = var.project
  workload_identity_pool_id          = google_iam_workload_identity_pool.github[0].workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  display_name                       = "GitHub Actions"
  attribute_condition                = "assertion.repository_id == '${var.github.repository_id}'"
  attribute_mapping = {
    "google.subject"          = "assertion.sub"
    "attribute.repository_id" = "assertion.repository_id"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

locals {
  github_grants = flatten([
    for job, subjects in try(var.github.subjects, {}) : [for subject in subjects : { job = job, subject = subject }]
  ])
}

resource "google_service_account_iam_member" "github" {
  for_each = { for grant in local.github_grants : "${grant.job} ${grant.subject}" => grant }

  service_account_id = google_service_account.job[each.value.job].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.github[0].name}/subject/repo:${var.github.repository}:${each.value.subject}"
}
