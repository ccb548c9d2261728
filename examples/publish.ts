// Publishes log entries from a Node.js service, with Google's client library and nothing of LMS:
//   node examples/publish.ts checkout warn "card declined"
// It goes to PUBSUB_EMULATOR_HOST if that is set, else to Google Cloud with the credentials of the machine.
// The topic has to be there, with a subscription that keeps the message: `lms mon` creates both.
import { randomUUID } from 'node:crypto';
import { PubSub } from '@google-cloud/pubsub';

const { PUBSUB_PROJECT_ID = 'lms', PUBSUB_TOPIC = 'log-topic' } = process.env;
const pubsub = new PubSub({ projectId: PUBSUB_PROJECT_ID });
// Up to 1,000 messages a request, and none waits for more than 50 ms.
const topic = pubsub.topic(PUBSUB_TOPIC, { batching: { maxMessages: 1_000, maxMilliseconds: 50 } });

/**
 * Resolves to the message's id once Pub/Sub has it. Fields beside the four are kept as tags. The entry has a
 * time and an id of its own: the library repeats a publish that got no answer, and LMS counts an entry with
 * the same two only once.
 */
function log(
  service: string,
  severity: string,
  payload: string,
  tags: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const entry = { ...tags, service_name: service, severity, payload, timestamp: new Date().toISOString() };
  return topic.publishMessage({ json: entry, attributes: { event_id: randomUUID() } });
}

const [service = 'checkout', severity = 'info', payload = 'hello from Node.js'] = process.argv.slice(2);
process.stdout.write(`${await log(service, severity, payload, { node: process.version })}\n`);
await pubsub.close();
