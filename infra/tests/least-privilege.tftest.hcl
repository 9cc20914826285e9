# What the module grants, and what it refuses. Needs the provider, but neither credentials nor a project:
#   terraform init && terraform test

mock_provider "google" {}

variables {
  project  = "junoplus-data"
  location = "EU"
}

run "without_what_they_read_jobs_have_no_account" {
  command = plan

  assert {
    condition     = join(" ", sort(keys(google_service_account.job))) == "check run"
    error_message = "an account was made for a job that has nothing to read"
  }
  assert {
    condition     = length(google_bigquery_dataset_iam_member.changelog) == 0 && length(google_project_iam_member.firestore) == 0
    error_message = "the change log or Firestore was opened without being named"
  }
  assert {
    condition     = length(google_storage_bucket.shards) == 0 && length(google_iam_workload_identity_pool.github) == 0 && length(google_monitoring_alert_policy.watch) == 0
    error_message = "something was made that nobody asked for"
  }
}

run "readers_see_what_they_are_cleared_for" {
  command = plan

  variables {
    readers = {
      internal          = ["group:engineering@junoplus.example"]
      health            = ["group:analysts@junoplus.example"]
      direct_identifier = ["group:data-protection@junoplus.example"]
    }
  }

  assert {
    condition = {
      for layer, policy in google_bigquery_dataset_iam_policy.layer : layer => join(" ", sort(flatten([
        for binding in jsondecode(policy.policy_data).bindings : [for member in binding.members : trimsuffix(trimprefix(member, "group:"), "@junoplus.example") if startswith(member, "group:")]
      ])))
      } == {
      bronze   = "data-protection"
      silver   = "data-protection"
      gold     = "analysts data-protection"
      semantic = "analysts data-protection"
      quality  = "analysts data-protection engineering"
      state    = ""
      staging  = ""
    }
    error_message = "a dataset is open to readers who may not see all of its columns, or closed to some who may"
  }
  assert {
    condition = alltrue(flatten([
      for policy in google_bigquery_dataset_iam_policy.layer : [
        for binding in jsondecode(policy.policy_data).bindings : [
          for member in binding.members : binding.role == "roles/bigquery.dataViewer" if startswith(member, "group:")
        ]
      ]
    ]))
    error_message = "a reader may do more than read"
  }
}

run "nobody_has_data_by_the_project" {
  command = plan

  variables {
    changelog = { project = "junoplus-app", dataset = "firestore_export" }
    firestore = { project = "junoplus-app" }
    watch     = { notification_channels = ["projects/junoplus-data/notificationChannels/1"] }
  }

  assert {
    condition     = toset([for grant in google_project_iam_member.job : grant.role]) == toset(["roles/bigquery.jobUser", "roles/bigquery.readSessionUser"])
    error_message = "a job has a role on the whole project that opens data"
  }
  assert {
    condition     = alltrue([for grant in google_bigquery_dataset_iam_member.changelog : grant.role == "roles/bigquery.dataViewer" && grant.project == "junoplus-app"])
    error_message = "a job may do more with the change log than read it"
  }
  assert {
    condition     = google_project_iam_member.firestore["reconcile"].condition[0].expression == "resource.name == \"projects/junoplus-app/databases/(default)\""
    error_message = "Firestore is open beyond one database"
  }
  assert {
    condition     = length(google_monitoring_alert_policy.watch) == 2
    error_message = "a stale ledger or a failed run alerts nobody"
  }
}

run "a_changelog_where_runs_write_is_refused" {
  command = plan

  variables {
    changelog = { project = "junoplus-data", dataset = "junoplus_analytics" }
  }

  expect_failures = [var.changelog]
}

run "a_shared_changelog_dataset_keeps_its_own_policy" {
  command = plan

  variables {
    changelog = { project = "junoplus-data", dataset = "junoplus_analytics", shared_with_bronze = true }
    readers   = { direct_identifier = ["group:data-protection@junoplus.example"] }
  }

  assert {
    condition     = !contains(keys(google_bigquery_dataset.layer), "bronze") && !contains(keys(google_bigquery_dataset_iam_policy.layer), "bronze")
    error_message = "the extension's dataset was taken over"
  }
  assert {
    condition     = alltrue([for grant in google_bigquery_dataset_iam_member.shared_bronze : startswith(grant.member, "serviceAccount:medallion-")]) && length(google_bigquery_dataset_iam_member.shared_bronze) == 2
    error_message = "run and check need the shared dataset, and nobody else is let in"
  }
}

run "sharing_that_is_none_is_refused" {
  command = plan

  variables {
    changelog = { project = "junoplus-app", dataset = "firestore_export", shared_with_bronze = true }
  }

  expect_failures = [var.changelog]
}

run "the_public_is_no_reader" {
  command = plan

  variables {
    readers = { internal = ["allAuthenticatedUsers"] }
  }

  expect_failures = [var.readers]
}

run "a_pull_request_is_no_job" {
  command = plan

  variables {
    github = { repository = "junoplus/medallion", repository_id = "123456789", subjects = { run = ["pull_request"] } }
  }

  expect_failures = [var.github]
}

run "a_job_that_is_not_there_cannot_be_taken" {
  command = plan

  variables {
    impersonators = { reconcile = ["group:data-platform@junoplus.example"] }
  }

  expect_failures = [var.impersonators]
}

run "an_alert_that_nobody_gets_is_refused" {
  command = plan

  variables {
    watch = { notification_channels = [] }
  }

  expect_failures = [var.watch]
}

run "a_workflow_is_bound_to_repository_and_subject" {
  variables {
    github = { repository = "junoplus/medallion", repository_id = "123456789", subjects = { run = ["ref:refs/heads/main"] } }
  }

  assert {
    condition     = google_iam_workload_identity_pool_provider.github[0].attribute_condition == "assertion.repository_id == '123456789'"
    error_message = "another repository may come in"
  }
  assert {
    condition     = [for grant in google_service_account_iam_member.github : endswith(grant.member, "/subject/repo:junoplus/medallion:ref:refs/heads/main")] == [true]
    error_message = "another branch may act as the job"
  }
}

run "every_classification_has_a_tag_for_those_who_are_cleared" {
  variables {
    policy_tags = true
    readers     = { health = ["group:analysts@junoplus.example"] }
  }

  assert {
    condition     = join(" ", sort(keys(output.policy_tags))) == "direct_identifier health internal"
    error_message = "a classification has no tag"
  }
  assert {
    condition     = join(" ", sort([for grant in google_data_catalog_policy_tag_iam_member.reader : one([for classification, tag in google_data_catalog_policy_tag.classification : classification if tag.name == grant.policy_tag]) if grant.member == "group:analysts@junoplus.example"])) == "health internal"
    error_message = "who is cleared for health sees health and internal columns, and no direct identifier"
  }
}

run "the_watch_reads_internal_columns_and_no_others" {
  variables {
    policy_tags = true
    watch       = { notification_channels = ["projects/junoplus-data/notificationChannels/1"] }
  }

  assert {
    condition     = [for grant in google_data_catalog_policy_tag_iam_member.reader : one([for classification, tag in google_data_catalog_policy_tag.classification : classification if tag.name == grant.policy_tag]) if grant.member == "serviceAccount:medallion-watch@junoplus-data.iam.gserviceaccount.com"] == ["internal"]
    error_message = "the watch cannot read the ledger of runs, or can read columns that are not internal"
  }
}
