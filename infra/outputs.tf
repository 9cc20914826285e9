output "medallion_arguments" {
  description = "Arguments of every medallion command that works on these datasets."
  value       = "--warehouse bigquery:${var.project}/${var.location} --prefix ${var.prefix}"
}

output "datasets" {
  description = "Dataset id and classification by layer."
  value       = local.datasets
}

output "service_accounts" {
  description = "Address of each job's service account."
  value       = { for job, account in google_service_account.job : job => account.email }
}

output "github_provider" {
  description = "Full name of the provider, for google-github-actions/auth; null without github."
  value       = one(google_iam_workload_identity_pool_provider.github[*].name)
}

output "shard_bucket" {
  description = "URL of the bucket for staged shards; null without one."
  value       = one(google_storage_bucket.shards[*].url)
}

output "policy_tags" {
  description = "Full name of the policy tag of each classification; empty without policy_tags."
  value       = { for classification, tag in google_data_catalog_policy_tag.classification : classification => tag.name }
}
