import { readFile, rm } from 'node:fs/promises';
import type { Broker } from '../../broker/broker.ts';
import { Refusal } from '../../broker/refusal.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { writeText } from '../output/files.ts';

/** Full names of the subscriptions whose messages are kept. */
export interface KeptSubscriptions {
  readonly messages: string;
  readonly deadLetters: string;
}

/** How many messages of each there are. */
export type KeptCounts = Readonly<Record<keyof KeptSubscriptions, number>>;

/** A line of the file: whose message it is, and a PubsubMessage as protobuf, in base64. */
const LINE = /^(?<kind>messages|deadLetters) (?<base64>[\w+/]+={0,2})$/;

/**
 * Writes down what the subscriptions of an embedded broker have that nobody acknowledged, since the broker forgets it
 * with its process: a line a message, complete at once; no file if there is nothing. Throws OUTPUT.
 */
export async function keepUndelivered(
  path: string,
  broker: Broker,
  subscriptions: KeptSubscriptions,
): Promise<KeptCounts> {
  const messages = unacknowledged(broker, subscriptions.messages);
  const deadLetters = unacknowledged(broker, subscriptions.deadLetters);
  const kept = { messages: messages.length, deadLetters: deadLetters.length };
  if (kept.messages + kept.deadLetters === 0) await rm(path, { force: true });
  else await writeText(path, lines({ messages, deadLetters }), process.stdout);
  return kept;
}

function* lines(kept: Readonly<Record<keyof KeptSubscriptions, readonly Uint8Array[]>>): Generator<string> {
  for (const message of kept.messages) yield `messages ${base64Of(message)}\n`;
  for (const letter of kept.deadLetters) yield `deadLetters ${base64Of(letter)}\n`;
}

function base64Of({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

/** Of a subscription that a program has deleted: nothing. */
function unacknowledged(broker: Broker, subscription: string): readonly Uint8Array[] {
  try {
    return broker.unacknowledged(subscription);
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

/**
 * Gives another broker what `keepUndelivered` wrote, with its ids and times: what was stored after all is a duplicate.
 * The file stays until it is written again, so that a process that is killed loses nothing of it. Nothing is done if
 * there is none. Throws INPUT for a file that is none of ours.
 */
export async function restoreUndelivered(
  path: string,
  broker: Broker,
  subscriptions: KeptSubscriptions,
): Promise<KeptCounts> {
  const text = await readFile(path, 'latin1').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw new LmsError('INPUT', `cannot read ${path}: ${String(error)}`, { cause: error });
  });
  const kept = { messages: [] as Uint8Array[], deadLetters: [] as Uint8Array[] };
  for (const line of text.split('\n').slice(0, -1)) {
    const { kind, base64 } = LINE.exec(line)?.groups ?? {};
    if ((kind !== 'messages' && kind !== 'deadLetters') || base64 === undefined) throw notOurs(path);
    kept[kind].push(Buffer.from(base64, 'base64'));
  }
  broker.restore(subscriptions.messages, kept.messages);
  broker.restore(subscriptions.deadLetters, kept.deadLetters);
  return { messages: kept.messages.length, deadLetters: kept.deadLetters.length };
}

function notOurs(path: string): LmsError {
  const reason = 'it is not what `lms dev` writes there, messages that wait for the next start: move it away';
  return new LmsError('INPUT', `${path}: ${reason}`);
}
