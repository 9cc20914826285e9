# A run writes one thing that Google sees: the ledger, quality.runs. Scheduled queries look at it and fail when it is not
# as it should be; their failures are a metric of Cloud Monitoring. A query that cannot run fails too. Each look at the
# ledger filters by its partition, checked_at, which is never NULL: so its contract may demand that.

locals {
  ledger               = "`${var.project}.${local.datasets.quality.id}.runs`"
  publish_within_hours = try(var.watch.publish_within_hours, 0)

  watch_queries = {
    stale = {
      says  = "no run has published for ${local.publish_within_hours} hours"
      query = <<-SQL
        ASSERT EXISTS (
          SELECT 1
          FROM ${local.ledger}
          WHERE checked_at > TIMESTAMP_SUB(CURRENT_TIMESTAMP, INTERVAL ${local.publish_within_hours} HOUR)
            AND status = 'published'
        ) AS 'no run has published for ${local.publish_within_hours} hours'
      SQL
    }
    failed = {
      says  = "the newest run failed"
      query = <<-SQL
        ASSERT NOT EXISTS (
          SELECT 1
          FROM ${local.ledger}
          WHERE checked_at IS NOT NULL
            AND status = 'failed'
            AND checked_at = (SELECT MAX(checked_at) FROM ${local.ledger} WHERE checked_at IS NOT NULL)
        ) AS 'the newest run failed'
      SQL
    }
  }
}

data "google_project" "this" {
  count = var.watch == null ? 0 : 1

  project_id = var.project
}

# Without it the service that runs the queries cannot act as the account that may.
resource "google_service_account_iam_member" "transfer_agent" {
  count = var.watch == null ? 0 : 1

  service_account_id = google_service_account.job["watch"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = "serviceAccount:service-${data.google_project.this[0].number}@gcp-sa-bigquerydatatransfer.iam.gserviceaccount.com"
}

resource "google_bigquery_data_transfer_config" "watch" {
  for_each = { for name, look in local.watch_queries : name => look if var.watch != null }

  project              = var.project
  location             = var.location
  display_name         = "medallion: ${each.value.says}"
  data_source_id       = "scheduled_query"
  schedule             = "every ${var.watch.interval_hours} hours"
  service_account_name = google_service_account.job["watch"].email
  params = {
    query = each.value.query
  }

  depends_on = [
    google_bigquery_dataset_iam_policy.layer,
    google_project_iam_member.job,
    google_service_account_iam_member.transfer_agent,
  ]
}

resource "google_monitoring_alert_policy" "watch" {
  for_each = google_bigquery_data_transfer_config.watch

  project               = var.project
  display_name          = each.value.display_name
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = var.watch.notification_channels
  user_labels           = merge(var.labels, { managed_by = "terraform" })

  conditions {
    display_name = local.watch_queries[each.key].says
    condition_threshold {
      filter = join(" AND ", [
        "resource.type = \"bigquery_dts_config\"",
        "resource.labels.config_id = \"${element(split("/", each.value.name), -1)}\"",
        "metric.type = \"bigquerydatatransfer.googleapis.com/transfer_config/completed_runs\"",
        "metric.labels.completion_state != \"SUCCEEDED\"",
      ])
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"
      aggregations {
        alignment_period     = "${var.watch.interval_hours * 3600}s"
        per_series_aligner   = "ALIGN_SUM"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  conditions {
    display_name = "nobody has looked for ${3 * var.watch.interval_hours} hours"
    condition_absent {
      filter = join(" AND ", [
        "resource.type = \"bigquery_dts_config\"",
        "resource.labels.config_id = \"${element(split("/", each.value.name), -1)}\"",
        "metric.type = \"bigquerydatatransfer.googleapis.com/transfer_config/completed_runs\"",
      ])
      duration = "${3 * var.watch.interval_hours * 3600}s"
      aggregations {
        alignment_period     = "${var.watch.interval_hours * 3600}s"
        per_series_aligner   = "ALIGN_SUM"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "Look at the newest rows of ${local.ledger}: status, message, checked_at. Without rows of the last run it was killed, or could not reach BigQuery: look at the log of what started it. A query that failed for a reason of its own says so in its run history."
  }
}
