#!/bin/sh
# A sink of Cloud Logging to the topic of LMS, and its right to publish there:
#   PROJECT=shop examples/sink.sh 'severity>=INFO'
set -eu

# Without the log of LMS itself, which would be of what the sink sends.
filter="(${1:-severity>=INFO}) AND NOT resource.labels.service_name=~\"^lms\""
topic=${PUBSUB_TOPIC:-log-topic}

gcloud logging sinks create lms "pubsub.googleapis.com/projects/$PROJECT/topics/$topic" \
  --project="$PROJECT" --log-filter="$filter"
writer=$(gcloud logging sinks describe lms --project="$PROJECT" --format='value(writerIdentity)')
gcloud pubsub topics add-iam-policy-binding "$topic" --project="$PROJECT" \
  --member="$writer" --role=roles/pubsub.publisher
