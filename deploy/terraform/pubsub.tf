resource "google_pubsub_topic" "logs" {
  name = "log-topic"
}

resource "google_pubsub_topic" "dead_letters" {
  name = "log-topic-dead-letter"
}

# No dead-letter policy: an outage of the database would count as failed attempts. The worker has its own
# dead-letter topic, for what can never become a row.
resource "google_pubsub_subscription" "logs" {
  name                       = "log-sub"
  topic                      = google_pubsub_topic.logs.id
  ack_deadline_seconds       = 60
  message_retention_duration = "2678400s" # 31 days, the longest

  expiration_policy {
    ttl = "" # never
  }
}

resource "google_pubsub_subscription" "dead_letters" {
  name                       = "log-sub-dead-letter"
  topic                      = google_pubsub_topic.dead_letters.id
  ack_deadline_seconds       = 60
  message_retention_duration = "2678400s"

  expiration_policy {
    ttl = ""
  }
}
