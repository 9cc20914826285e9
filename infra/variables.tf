variable "project" {
  description = "Project that holds the tables and runs the jobs; the PROJECT of --warehouse bigquery:PROJECT/LOCATION."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "project is no project id: 6 to 30 lower-case letters, digits and -, for example junoplus-analytics."
  }
}

variable "location" {
  description = "BigQuery location of all datasets, such as EU or europe-west1. It cannot be changed later, and has to be that of the change log."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]*$", var.location))
    error_message = "location is no BigQuery location; write for example EU or europe-west1."
  }
}

variable "prefix" {
  description = "Prefix of the datasets; the --prefix of medallion."
  type        = string
  default     = "junoplus_analytics"

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]*$", var.prefix))
    error_message = "prefix: write lower-case letters, digits and _, beginning with a letter."
  }
}

variable "labels" {
  description = "Labels of everything that can carry some, beside managed_by and layer."
  type        = map(string)
  default     = {}
}

variable "readers" {
  description = "Who may read what, by the most sensitive classification that they may see (IAM members). A dataset is open to those who may see all of its columns."
  type = object({
    internal          = optional(list(string), [])
    health            = optional(list(string), [])
    direct_identifier = optional(list(string), [])
  })
  default = {}

  validation {
    condition = alltrue([
      for member in concat(var.readers.internal, var.readers.health, var.readers.direct_identifier) :
      can(regex("^(user|group|serviceAccount|principal|principalSet):.+$", member))
    ])
    error_message = "readers: name each member as user:, group:, serviceAccount:, principal: or principalSet:. Whole domains and the public are never readers."
  }
}

variable "impersonators" {
  description = "Who may act as a job's service account from their own machine, by job (IAM members)."
  type        = map(list(string))
  default     = {}

  validation {
    condition     = alltrue([for job in keys(var.impersonators) : contains(keys(local.jobs), job)])
    error_message = "impersonators: a key is no job of this configuration. Jobs are run, check, and, with what they need, replay (changelog), reconcile (firestore) and watch (watch)."
  }

  validation {
    condition     = alltrue([for member in flatten(values(var.impersonators)) : can(regex("^(user|group|serviceAccount):.+$", member))])
    error_message = "impersonators: name each member as user:, group: or serviceAccount:."
  }
}

variable "changelog" {
  description = "Where firestore-bigquery-export writes the change log. Null: runs read exported files, and no account may read the log. shared_with_bronze accepts that the log lies in the dataset <prefix>, where runs may write; that dataset is then left as the extension made it, and only grants are added."
  type = object({
    project            = string
    dataset            = string
    shared_with_bronze = optional(bool, false)
  })
  default = null

  validation {
    condition = var.changelog == null || try(var.changelog.shared_with_bronze, false) || !(
      try(var.changelog.project, "") == var.project && try(var.changelog.dataset, "") == var.prefix
    )
    error_message = "changelog: the log lies in the dataset that runs may write, so a run could destroy its own source. Choose another prefix, or accept it with shared_with_bronze = true."
  }

  validation {
    condition = !try(var.changelog.shared_with_bronze, false) || (
      try(var.changelog.project, "") == var.project && try(var.changelog.dataset, "") == var.prefix
    )
    error_message = "changelog: shared_with_bronze is true, but the log does not lie in the bronze dataset (project and prefix); leave it out."
  }
}

variable "firestore" {
  description = "Firestore database that published tables are reconciled with. Null: no account may read Firestore."
  type = object({
    project  = string
    database = optional(string, "(default)")
  })
  default = null
}

variable "staging_expiration_days" {
  description = "After how many days BigQuery drops what an interrupted run left in staging."
  type        = number
  default     = 7

  validation {
    condition     = var.staging_expiration_days >= 1 && var.staging_expiration_days <= 30 && floor(var.staging_expiration_days) == var.staging_expiration_days
    error_message = "staging_expiration_days: a whole number from 1 to 30. Less than a day could drop the tables of a run under way."
  }
}

variable "shard_bucket" {
  description = "Bucket for staged shards, for runners whose workers share no disk. Null: none; runs stage on their own disk."
  type = object({
    name = string
    days = optional(number, 3)
  })
  default = null

  validation {
    condition     = var.shard_bucket == null || can(regex("^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$", var.shard_bucket.name))
    error_message = "shard_bucket: the name is no bucket name: 3 to 63 lower-case letters, digits, - and _."
  }

  validation {
    condition     = var.shard_bucket == null || try(var.shard_bucket.days >= 1 && var.shard_bucket.days <= 30, false)
    error_message = "shard_bucket: days is from 1 to 30; shards hold everything that staging holds."
  }
}

variable "github" {
  description = "GitHub repository whose workflows may act as jobs, without keys: per job the exact subjects, ref:refs/heads/BRANCH or environment:NAME. Null: none."
  type = object({
    repository    = string
    repository_id = string
    subjects      = map(list(string))
  })
  default = null

  validation {
    condition     = var.github == null || (can(regex("^[^/*]+/[^/*]+$", var.github.repository)) && can(regex("^[0-9]+$", var.github.repository_id)))
    error_message = "github: repository is OWNER/NAME, and repository_id its number (gh api repos/OWNER/NAME --jq .id), which outlives a rename."
  }

  validation {
    condition     = var.github == null || alltrue([for job in keys(try(var.github.subjects, {})) : contains(keys(local.jobs), job) && job != "watch"])
    error_message = "github: a key of subjects is no job of this configuration. Jobs are run, check, and, with what they need, replay (changelog) and reconcile (firestore)."
  }

  validation {
    condition = var.github == null || alltrue([
      for subject in flatten(values(try(var.github.subjects, {}))) : can(regex("^(ref:refs/heads/|environment:)[^*:]+$", subject))
    ])
    error_message = "github: a subject is ref:refs/heads/BRANCH or environment:NAME, without wildcards. Never pull_request: its workflow runs code that nobody has reviewed."
  }
}

variable "policy_tags" {
  description = "Make a taxonomy with a policy tag per classification. It guards a column only once the column carries the tag."
  type        = bool
  default     = false
}

variable "watch" {
  description = "Watch the ledger: alert when no run has published for some hours, when the newest run failed, or when the watch itself does not work. Null: nobody is told."
  type = object({
    publish_within_hours  = optional(number, 26)
    interval_hours        = optional(number, 1)
    notification_channels = list(string)
  })
  default = null

  validation {
    condition     = var.watch == null || try(var.watch.interval_hours >= 1 && var.watch.interval_hours <= 6 && floor(var.watch.interval_hours) == var.watch.interval_hours, false)
    error_message = "watch: interval_hours is a whole number from 1 to 6. The absence of three looks has to fit into the longest absence that Cloud Monitoring waits for, 23.5 hours."
  }

  validation {
    condition     = var.watch == null || try(var.watch.publish_within_hours >= 1 && floor(var.watch.publish_within_hours) == var.watch.publish_within_hours, false)
    error_message = "watch: publish_within_hours is a whole number of hours, more than lies between two runs."
  }

  validation {
    condition     = var.watch == null || try(length(var.watch.notification_channels) > 0, false)
    error_message = "watch: name at least one notification channel; an alert that nobody gets is none."
  }
}
