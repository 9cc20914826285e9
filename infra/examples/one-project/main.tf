# Tables and change log in one project, the app's Firestore in another.

terraform {
  required_version = ">= 1.9"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }

  # State names members and policies: keep it in a bucket that only those who apply may read.
  # backend "gcs" { bucket = "..." }
}

variable "project" {
  description = "Project of tables and jobs."
  type        = string
}

variable "notification_channels" {
  description = "Cloud Monitoring channels that are told when runs do not publish (full names)."
  type        = list(string)
}

provider "google" {
  project = var.project
}

module "medallion" {
  source = "../.."

  project  = var.project
  location = "EU"
  prefix   = "junoplus_medallion"

  changelog = { project = var.project, dataset = "junoplus_analytics" }
  firestore = { project = "junoplus-app" }

  readers = {
    internal          = ["group:engineering@junoplus.example"]
    health            = ["group:analysts@junoplus.example"]
    direct_identifier = ["group:data-protection@junoplus.example"]
  }
  impersonators = {
    run   = ["group:data-platform@junoplus.example"]
    check = ["group:data-platform@junoplus.example"]
  }

  github = {
    repository    = "junoplus/medallion"
    repository_id = "123456789"
    subjects = {
      run    = ["ref:refs/heads/main"]
      check  = ["ref:refs/heads/main"]
      replay = ["environment:contract-replay"]
    }
  }

  watch = { notification_channels = var.notification_channels }
}

output "medallion" {
  description = "What users, workflows and operators need to know."
  value       = module.medallion
}
