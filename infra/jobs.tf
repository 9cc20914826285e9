# The accounts of the jobs. No keys: people impersonate them, workflows come through federation.

locals {
  job_purposes = {
    run       = "medallion run: reads the change log, stages, checks and publishes tables"
    check     = "medallion check, report, rejected: reads published tables"
    replay    = "medallion contracts replay: reads the change log"
    reconcile = "medallion reconcile: compares published silver tables with Firestore"
    watch     = "scheduled queries that look whether runs publish"
  }

  # A job without what it reads has no account.
  jobs = {
    for job, purpose in local.job_purposes : job => purpose
    if !(job == "replay" && var.changelog == null) && !(job == "reconcile" && var.firestore == null) && !(job == "watch" && var.watch == null)
  }

  # Written out, so that a plan shows whole policies before the accounts exist.
  job_members = { for job, _ in local.jobs : job => "serviceAccount:medallion-${job}@${var.project}.iam.gserviceaccount.com" }

  impersonations = flatten([
    for job, members in var.impersonators : [for member in members : { job = job, member = member }]
  ])
}

resource "google_service_account" "job" {
  for_each = local.jobs

  project      = var.project
  account_id   = "medallion-${each.key}"
  display_name = "medallion ${each.key}"
  description  = each.value
}

resource "google_service_account_iam_member" "impersonator" {
  for_each = { for grant in local.impersonations : "${grant.job} ${grant.member}" => grant }

  service_account_id = google_service_account.job[each.value.job].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = each.value.member
}
