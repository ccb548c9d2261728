#!/bin/sh
# Publishes JSON lines of standard input by Pub/Sub's REST API, with curl and nothing of LMS:
#   echo '{"service_name":"backup","payload":"done","severity":"info","timestamp":"2026-11-21T10:30:00Z"}' | examples/publish.sh
# It goes to PUBSUB_EMULATOR_HOST if that is set (Google's emulator; `lms broker` speaks gRPC only), else to
# Google Cloud as the account that gcloud is signed in with. The topic has to be there, with a subscription
# that keeps the messages: `lms mon` creates both.
set -eu
topic=projects/${PUBSUB_PROJECT_ID:-lms}/topics/${PUBSUB_TOPIC:-log-topic}
if [ -n "${PUBSUB_EMULATOR_HOST:-}" ]; then
  server=http://$PUBSUB_EMULATOR_HOST
  token=none
else
  server=https://pubsub.googleapis.com
  token=$(gcloud auth print-access-token)
fi

# curl repeats a request that got no answer. An entry with the same time and event_id counts once.
run=$(date +%s)-$$
number=0
while IFS= read -r line; do
  number=$((number + 1))
  data=$(printf %s "$line" | base64 | tr -d '\n')
  # The token comes by standard input: arguments are in the list of processes.
  printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --config - --silent --show-error --fail-with-body --retry 3 --max-time 30 \
      --header 'Content-Type: application/json' \
      --data "{\"messages\":[{\"data\":\"$data\",\"attributes\":{\"event_id\":\"$run-$number\"}}]}" \
      "$server/v1/$topic:publish"
done
