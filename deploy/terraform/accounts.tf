# The roles of docs/operations.md, each on the one thing it is needed for.

resource "google_service_account" "worker" {
  account_id   = "lms-worker"
  display_name = "LMS worker"
}

resource "google_service_account" "server" {
  account_id   = "lms-server"
  display_name = "LMS server"
}

resource "google_pubsub_subscription_iam_member" "worker_reads_logs" {
  subscription = google_pubsub_subscription.logs.name
  role         = "roles/pubsub.subscriber"
  member       = google_service_account.worker.member
}

resource "google_pubsub_topic_iam_member" "worker_writes_dead_letters" {
  topic  = google_pubsub_topic.dead_letters.name
  role   = "roles/pubsub.publisher"
  member = google_service_account.worker.member
}

resource "google_pubsub_topic_iam_member" "server_publishes" {
  topic  = google_pubsub_topic.logs.name
  role   = "roles/pubsub.publisher"
  member = google_service_account.server.member
}

resource "google_pubsub_topic_iam_member" "server_writes_dead_letters" {
  topic  = google_pubsub_topic.dead_letters.name
  role   = "roles/pubsub.publisher"
  member = google_service_account.server.member
}

resource "google_pubsub_subscription_iam_member" "server_reads_dead_letters" {
  subscription = google_pubsub_subscription.dead_letters.name
  role         = "roles/pubsub.subscriber"
  member       = google_service_account.server.member
}

resource "google_pubsub_topic_iam_member" "others_publish" {
  for_each = var.publishers

  topic  = google_pubsub_topic.logs.name
  role   = "roles/pubsub.publisher"
  member = each.value
}

resource "google_secret_manager_secret_iam_member" "worker_reads_database_url" {
  secret_id = var.worker_database_secret
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.worker.member
}

resource "google_secret_manager_secret_iam_member" "server_reads_secrets" {
  for_each = toset([var.server_database_secret, var.root_token_secret])

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.server.member
}

resource "google_project_iam_member" "cloud_sql" {
  for_each = var.cloud_sql_instance == null ? {} : {
    worker = google_service_account.worker.member
    server = google_service_account.server.member
  }

  project = var.project
  role    = "roles/cloudsql.client"
  member  = each.value
}
