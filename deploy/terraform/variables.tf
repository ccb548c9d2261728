variable "project" {
  description = "Project of topics, subscriptions, accounts and Cloud Run."
  type        = string
}

variable "region" {
  description = "Region of Cloud Run."
  type        = string
}

variable "image" {
  description = "LMS's image, where you pushed it to, with its tag or digest."
  type        = string
}

variable "cloud_sql_instance" {
  description = "Connection name of a Cloud SQL instance (project:region:name), if the database is one."
  type        = string
  default     = null
}

variable "worker_database_secret" {
  description = "Secret in Secret Manager that has the worker's DATABASE_URL."
  type        = string
  default     = "lms-worker-database-url"
}

variable "server_database_secret" {
  description = "Secret in Secret Manager that has the server's DATABASE_URL."
  type        = string
  default     = "lms-server-database-url"
}

variable "root_token_secret" {
  description = "Secret in Secret Manager that has ROOT_TOKEN."
  type        = string
  default     = "lms-root-token"
}

variable "workers" {
  description = "Worker instances."
  type        = number
  default     = 1
}

variable "max_servers" {
  description = "Server instances at most; each has QUERIES_AT_ONCE connections to the database."
  type        = number
  default     = 4
}

variable "publishers" {
  description = "Who may publish to the topic besides the server, such as serviceAccount:shop@my-project.iam.gserviceaccount.com."
  type        = set(string)
  default     = []
}

variable "invokers" {
  description = "Who may call the server through Cloud Run: allUsers leaves it to LMS's own tokens."
  type        = set(string)
  default     = []
}
