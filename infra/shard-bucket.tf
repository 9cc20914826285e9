resource "google_storage_bucket" "shards" {
  count = var.shard_bucket == null ? 0 : 1

  project  = var.project
  name     = var.shard_bucket.name
  location = var.location
  labels = merge(var.labels, {
    managed_by     = "terraform"
    layer          = "staging"
    classification = "direct_identifier"
  })

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  # A shard is written once and loaded by its own run.
  lifecycle_rule {
    condition {
      age = var.shard_bucket.days
    }
    action {
      type = "Delete"
    }
  }
  lifecycle_rule {
    condition {
      age = 1
    }
    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }

  # Runs can be run again, so what was deleted is kept nowhere.
  soft_delete_policy {
    retention_duration_seconds = 0
  }
}

resource "google_storage_bucket_iam_member" "job" {
  for_each = { for job, role in local.bucket_roles : job => role if var.shard_bucket != null }

  bucket = google_storage_bucket.shards[0].name
  role   = each.value
  member = local.job_members[each.key]

  depends_on = [google_service_account.job]
}
