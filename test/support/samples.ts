import { decode } from '../../src/logs/decode.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import type { Message, OutgoingMessage } from '../../src/logs/message.ts';
import { reject } from '../../src/logs/rejection.ts';
import type { Delivery } from '../../src/pipeline/ports.ts';
import { DISCARDED, type Screened } from '../../src/pipeline/screened.ts';

/** A valid entry; its event id tells it from others. */
export function sampleEntry(eventId: string): LogEntry {
  return {
    timestamp: '2026-11-01 12:00:00.000000',
    eventId,
    serviceName: 'alpha',
    severity: 'info',
    payload: `Hello from ${eventId}`,
    tags: null,
  };
}

export interface DeliveryOptions {
  readonly receivedAtMs?: number;
  readonly bytes?: number;
}

/** A delivery of a valid message, whose message id is also its event id. */
export function sampleDelivery(
  id: string,
  { receivedAtMs = 0, bytes = 100 }: DeliveryOptions = {},
): Delivery {
  const message = sampleMessage(id);
  return {
    ...message,
    messageId: id,
    publishTime: { seconds: 1_793_534_400, nanos: 0 },
    receivedAtMs,
    bytes,
  };
}

/** A message as a publisher sends it, in our own format. */
export function sampleMessage(id: string, payload = `Hello from ${id}`): OutgoingMessage {
  const body = {
    service_name: 'alpha',
    payload,
    severity: 'info',
    timestamp: '2026-11-01T12:00:00.000000Z',
  };
  return { data: Buffer.from(JSON.stringify(body)), attributes: { event_id: id } };
}

/** A message that no decoder understands. */
export function malformedMessage(id: string): OutgoingMessage {
  return { data: Buffer.from('{"service_name":'), attributes: { event_id: id } };
}

/** `count` ids, counted from 0. */
export function ids(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${String(index)}`);
}

/** A message of one entry that is not to be kept: `decodeSeveral` says so. */
export function unwantedMessage(id: string): OutgoingMessage {
  return { data: Buffer.from('unwanted'), attributes: { event_id: id, several: 'no' } };
}

/**
 * A message that holds several entries: `decodeSeveral` understands it. Entry i is called `<id>-<i>`, and is
 * one, cannot be, or is not to be kept.
 */
export function severalEntries(id: string, parts: readonly ('good' | 'bad' | 'unwanted')[]): OutgoingMessage {
  return { data: Buffer.from(parts.join(' ')), attributes: { event_id: id, several: 'yes' } };
}

/** Decodes as a worker does, and what `severalEntries` and `unwantedMessage` make. */
export function decodeSeveral(message: Message): Screened {
  const { several, event_id: id } = message.attributes;
  if (several === undefined) return decode(message);
  if (several === 'no') return DISCARDED;
  const parts = Buffer.from(message.data)
    .toString()
    .split(' ')
    .filter((part) => part !== '');
  return parts.map((part, index) => {
    if (part === 'unwanted') return DISCARDED;
    return part === 'good'
      ? sampleEntry(`${String(id)}-${String(index)}`)
      : reject('not_json', `part ${String(index)} is bad`);
  });
}
