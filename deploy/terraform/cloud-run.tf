# A worker pool has its CPU all the time, and takes no requests.
resource "google_cloud_run_v2_worker_pool" "worker" {
  name     = "lms-worker"
  location = var.region

  scaling {
    manual_instance_count = var.workers
  }

  template {
    service_account = google_service_account.worker.email

    containers {
      image = var.image
      args  = ["mon", "--no-create"]

      env {
        name = "DATABASE_URL"
        value_source {
          secret_key_ref {
            secret  = var.worker_database_secret
            version = "latest"
          }
        }
      }
      env {
        name  = "PUBSUB_PROJECT_ID"
        value = var.project
      }
      env {
        name  = "PUBSUB_TOPIC"
        value = google_pubsub_topic.logs.name
      }
      env {
        name  = "PUBSUB_SUBSCRIPTION"
        value = google_pubsub_subscription.logs.name
      }
      env {
        name  = "DEAD_LETTER_TOPIC"
        value = google_pubsub_topic.dead_letters.name
      }
      env {
        name  = "DEAD_LETTER_SUBSCRIPTION"
        value = google_pubsub_subscription.dead_letters.name
      }
      env {
        name  = "FLUSHINTERVAL"
        value = "5"
      }
      env {
        name  = "SHUTDOWN_TIMEOUT" # Cloud Run kills what has not ended 10 s after SIGTERM
        value = "8"
      }

      resources {
        limits = {
          cpu    = "1"
          memory = "512Mi"
        }
      }

      dynamic "volume_mounts" {
        for_each = var.cloud_sql_instance == null ? [] : ["cloudsql"]
        content {
          name       = volume_mounts.value
          mount_path = "/cloudsql"
        }
      }
    }

    dynamic "volumes" {
      for_each = var.cloud_sql_instance == null ? [] : ["cloudsql"]
      content {
        name = volumes.value
        cloud_sql_instance {
          instances = [var.cloud_sql_instance]
        }
      }
    }
  }

  depends_on = [
    google_pubsub_subscription_iam_member.worker_reads_logs,
    google_pubsub_topic_iam_member.worker_writes_dead_letters,
    google_secret_manager_secret_iam_member.worker_reads_database_url,
  ]
}

resource "google_cloud_run_v2_service" "server" {
  name     = "lms-server"
  location = var.region

  template {
    service_account                  = google_service_account.server.email
    max_instance_request_concurrency = 80
    timeout                          = "3600s" # exports are as long as they are

    scaling {
      min_instance_count = 1
      max_instance_count = var.max_servers
    }

    containers {
      image = var.image
      args  = ["serve", "--no-create"]

      ports {
        container_port = 8080
      }

      env {
        name = "DATABASE_URL"
        value_source {
          secret_key_ref {
            secret  = var.server_database_secret
            version = "latest"
          }
        }
      }
      env {
        name = "ROOT_TOKEN"
        value_source {
          secret_key_ref {
            secret  = var.root_token_secret
            version = "latest"
          }
        }
      }
      env {
        name  = "PUBSUB_PROJECT_ID"
        value = var.project
      }
      env {
        name  = "PUBSUB_TOPIC"
        value = google_pubsub_topic.logs.name
      }
      env {
        name  = "PUBSUB_SUBSCRIPTION"
        value = google_pubsub_subscription.logs.name
      }
      env {
        name  = "DEAD_LETTER_TOPIC"
        value = google_pubsub_topic.dead_letters.name
      }
      env {
        name  = "DEAD_LETTER_SUBSCRIPTION"
        value = google_pubsub_subscription.dead_letters.name
      }
      env {
        name  = "SERVE_HOST"
        value = "0.0.0.0"
      }
      env {
        name  = "SERVE_PORT"
        value = "8080"
      }
      env {
        name  = "MAX_BYTES_IN_FLIGHT" # a part of the memory below
        value = "67108864"
      }
      env {
        name  = "SHUTDOWN_TIMEOUT"
        value = "8"
      }

      startup_probe {
        period_seconds    = 2
        failure_threshold = 30
        http_get {
          path = "/livez"
          port = 8080
        }
      }
      liveness_probe {
        period_seconds    = 10
        timeout_seconds   = 5
        failure_threshold = 6
        http_get {
          path = "/livez"
          port = 8080
        }
      }

      resources {
        startup_cpu_boost = true
        limits = {
          cpu    = "1"
          memory = "512Mi"
        }
      }

      dynamic "volume_mounts" {
        for_each = var.cloud_sql_instance == null ? [] : ["cloudsql"]
        content {
          name       = volume_mounts.value
          mount_path = "/cloudsql"
        }
      }
    }

    dynamic "volumes" {
      for_each = var.cloud_sql_instance == null ? [] : ["cloudsql"]
      content {
        name = volumes.value
        cloud_sql_instance {
          instances = [var.cloud_sql_instance]
        }
      }
    }
  }

  depends_on = [
    google_pubsub_topic_iam_member.server_publishes,
    google_pubsub_topic_iam_member.server_writes_dead_letters,
    google_pubsub_subscription_iam_member.server_reads_dead_letters,
    google_secret_manager_secret_iam_member.server_reads_secrets,
  ]
}

resource "google_cloud_run_v2_service_iam_member" "invokers" {
  for_each = var.invokers

  name     = google_cloud_run_v2_service.server.name
  location = var.region
  role     = "roles/run.invoker"
  member   = each.value
}
