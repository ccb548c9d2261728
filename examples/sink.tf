# A sink of Cloud Logging to the topic of LMS, and its right to publish there. Beside deploy/terraform:
#   cp examples/sink.tf deploy/terraform/ && terraform -chdir=deploy/terraform apply
resource "google_logging_project_sink" "lms" {
  name                   = "lms"
  destination            = "pubsub.googleapis.com/${google_pubsub_topic.logs.id}"
  filter                 = "severity>=INFO AND NOT resource.labels.service_name=~\"^lms\""
  unique_writer_identity = true
}

resource "google_pubsub_topic_iam_member" "sink" {
  topic  = google_pubsub_topic.logs.name
  role   = "roles/pubsub.publisher"
  member = google_logging_project_sink.lms.writer_identity
}
