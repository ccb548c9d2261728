import { setTimeout as delay } from 'node:timers/promises';
import type { Publisher } from '../src/pipeline/ports.ts';
import type { ChaosMessage } from './messages.ts';
import type { Portion } from './plan.ts';

/** What became of the messages on their way to the topic. */
export class Published {
  /** The topic confirmed these, once or more often. */
  readonly confirmed = new Set<ChaosMessage>();
  /** No confirmation came: they may be in the topic or not. */
  readonly uncertain = new Set<ChaosMessage>();
  /** Copies beyond the first that were published on purpose. */
  copies = 0;
}

/** Publishes portions of the messages at their times; keeps the record of what was confirmed. */
export async function publishPortions(
  publisher: Publisher,
  messages: readonly ChaosMessage[],
  portions: readonly Portion[],
): Promise<Published> {
  const published = new Published();
  const startMs = performance.now();
  let next = 0;
  for (const { atMs, count, copies } of portions) {
    await delay(Math.max(0, startMs + atMs - performance.now()));
    const portion = messages.slice(next, next + count);
    next += count;
    await publishPortion(publisher, { messages: portion, copies }, published);
  }
  return published;
}

/** Publishes messages, and copies of the first of them, and records what became of them. */
export async function publishPortion(
  publisher: Publisher,
  { messages, copies = 0 }: { readonly messages: readonly ChaosMessage[]; readonly copies?: number },
  published: Published,
): Promise<void> {
  const again = messages.slice(0, copies);
  try {
    await publisher.publish([...messages, ...again].map(({ message }) => message));
    for (const message of messages) published.confirmed.add(message);
    published.copies += again.length;
  } catch {
    for (const message of messages) published.uncertain.add(message);
  }
}
