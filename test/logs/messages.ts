import { decode, type DecodeOptions } from '../../src/logs/decode.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import type { Message } from '../../src/logs/message.ts';
import type { Rejection } from '../../src/logs/rejection.ts';
import { isRejection } from '../../src/logs/rejection.ts';

/** A message as Pub/Sub delivers it: `data` is bytes, text, or a value to send as JSON. */
export function messageOf(data: unknown, rest: Partial<Message> = {}): Message {
  const bytes =
    data instanceof Uint8Array ? data : Buffer.from(typeof data === 'string' ? data : JSON.stringify(data));
  return {
    messageId: '7700000000000001',
    publishTime: { seconds: 1_793_886_300, nanos: 987_654_321 },
    attributes: {},
    data: bytes,
    ...rest,
  };
}

/** 1,793,886,300 s and 987,654,321 ns: the publish time of `messageOf`. */
export const PUBLISHED = '2026-11-05 13:45:00.987654';

/** A valid message in our own format, with some fields of it replaced; undefined leaves one out. */
export function own(fields: Record<string, unknown> = {}): Record<string, unknown> {
  const timestamp = '2026-11-05T13:45:00.123456Z';
  return { service_name: 'alpha', payload: 'Hello', severity: 'info', timestamp, ...fields };
}

/** A LogEntry as a sink publishes it from Cloud Run, with some fields of it replaced. */
export function logEntry(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    insertId: '65f0c1d2000a1b2c3d4e5f60',
    textPayload: 'Hello',
    resource: {
      type: 'cloud_run_revision',
      labels: { service_name: 'checkout', revision_name: 'checkout-00042-abc', location: 'europe-west1' },
    },
    timestamp: '2026-11-05T13:45:00.123456789Z',
    severity: 'INFO',
    logName: 'projects/shop/logs/run.googleapis.com%2Fstdout',
    receiveTimestamp: '2026-11-05T13:45:00.250000001Z',
    ...fields,
  };
}

/** The entry that a message decodes to. Fails the test if it is rejected. */
export function entryOf(data: unknown, rest: Partial<Message> = {}, options: DecodeOptions = {}): LogEntry {
  const decoded = decode(messageOf(data, rest), options);
  if ('length' in decoded) throw new Error(`several: ${JSON.stringify(decoded)}`);
  if (isRejection(decoded)) throw new Error(`rejected: ${decoded.code}: ${decoded.reason}`);
  return decoded;
}

/** The rejection that a message decodes to. Fails the test if it is accepted. */
export function rejectionOf(
  data: unknown,
  rest: Partial<Message> = {},
  options: DecodeOptions = {},
): Rejection {
  const decoded = decode(messageOf(data, rest), options);
  if (!isRejection(decoded)) throw new Error(`accepted: ${JSON.stringify(decoded)}`);
  return decoded;
}

/** What each record of a message decodes to. Fails the test if it holds one only. */
export function severalOf(
  data: unknown,
  rest: Partial<Message> = {},
  options: DecodeOptions = {},
): readonly (LogEntry | Rejection)[] {
  const decoded = decode(messageOf(data, rest), options);
  if (!('length' in decoded)) throw new Error(`one: ${JSON.stringify(decoded)}`);
  return decoded;
}

/** The tags of an entry, parsed. */
export function tagsIn(entry: LogEntry): unknown {
  return entry.tags === null ? null : JSON.parse(entry.tags);
}
