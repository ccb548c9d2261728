output "server_url" {
  description = "Where LMS answers."
  value       = google_cloud_run_v2_service.server.uri
}

output "topic" {
  description = "Where services publish to."
  value       = google_pubsub_topic.logs.id
}
