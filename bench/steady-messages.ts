import { setTimeout as sleep } from 'node:timers/promises';
import type { PubSubClients } from '../src/pubsub/client.ts';
import { TopicPublisher } from '../src/pubsub/publisher.ts';
import { NAMES } from '../test/support/topology.ts';

const TICK_MS = 20;
/** Kinds of messages, in turn: a hundredth of them is of each. */
export const KINDS = 100;

/** Publishes so many a second for so long. Resolves to how many there were. */
export async function publishSteadily(
  clients: PubSubClients,
  ratePerSecond: number,
  seconds: number,
): Promise<number> {
  const publisher = new TopicPublisher(clients, NAMES.topic);
  const startMs = performance.now();
  const total = ratePerSecond * seconds;
  const publishing: Promise<unknown>[] = [];
  let sent = 0;
  while (sent < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - startMs) / 1_000) * ratePerSecond));
    const messages = Array.from({ length: due - sent }, (_none, n) => message(sent + n));
    sent = due;
    if (messages.length > 0) publishing.push(publisher.publish(messages));
    await sleep(TICK_MS);
  }
  await Promise.all(publishing);
  return total;
}

/** About 250 bytes. */
function message(n: number) {
  const kind = n % KINDS;
  const record = {
    service: `service-${n % 7}`,
    level: 'info',
    time: new Date().toISOString(),
    msg: `GET /api/v1/orders/${n} for user${kind}x took ${n % 900} ms, all is well, sent=${Date.now()}`,
    kind,
    region: 'europe-west3',
    attempt: n % 3,
  };
  return { data: Buffer.from(JSON.stringify(record)), attributes: {} };
}
