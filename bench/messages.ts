import { decode } from '../src/logs/decode.ts';
import type { LogEntry } from '../src/logs/entry.ts';
import { ATTRIBUTES, type OutgoingMessage } from '../src/logs/message.ts';
import { isRejection } from '../src/logs/rejection.ts';
import { SEVERITIES } from '../src/logs/severity.ts';
import { accessEntry } from './access-log.ts';

/** Which messages a run is measured with. The same set is the same messages, wherever they are made. */
export interface MessageSet {
  /** Bytes of the data of each message: a JSON log line. */
  readonly bytes: number;
  readonly count: number;
  /** Share of messages that are copies of one that came 20,000 before: 0 or 0.1. */
  readonly duplicates: 0 | 0.1;
  /** Lines of web servers, with tags, instead: as many bytes as they have. */
  readonly isAccessLog?: boolean;
}

/** The usual set, whose numbers the targets are about. */
export const USUAL: MessageSet = { bytes: 200, count: 160_000, duplicates: 0 };

/** A copy comes so much later than what it is a copy of: batches later, as a redelivery does. */
const COPY_DISTANCE = 20_001;
const SERVICES = 20;
const STEP_MICROS = 10;
const START = Date.UTC(2026, 0, 1, 12);
const RUN = 'bench';

/** Messages from number `start` on, at most `length`. */
export function messages(set: MessageSet, start: number, length: number): OutgoingMessage[] {
  const end = Math.min(set.count, start + length);
  const made: OutgoingMessage[] = [];
  for (let seq = start; seq < end; seq += 1) made.push(message(set, original(set, seq)));
  return made;
}

/** The rows that the whole set becomes. */
export function distinctRows({ count, duplicates }: MessageSet): number {
  if (duplicates === 0) return count;
  return count - Math.max(0, Math.floor(count / 10) - Math.floor(COPY_DISTANCE / 10));
}

/** The entries that a worker makes of the set, each decoded as a worker does it. */
export function entries(set: MessageSet, start = 0, length = set.count): LogEntry[] {
  return messages(set, start, length).map((outgoing) => {
    const entry = decode({ ...outgoing, messageId: '1', publishTime: { seconds: 0, nanos: 0 } });
    if (isRejection(entry)) throw new Error(entry.reason);
    if ('length' in entry) throw new Error('the message holds several entries');
    return entry;
  });
}

/** One message as a line of a file for `lms pub --file`. */
export function line(seq: number, bytes: number): string {
  const severity = SEVERITIES[Math.floor(seq / SERVICES) % SEVERITIES.length] ?? 'info';
  const head = `{"service_name":"service-${seq % SERVICES}","severity":"${severity}"`;
  const tail = `,"timestamp":"${timestamp(seq)}","payload":"request ${seq} `;
  return `${head}${tail}${'x'.repeat(bytes - head.length - tail.length - 2)}"}`;
}

/** Number of the message that stands at this place: its own, or that of the message it is a copy of. */
function original({ duplicates }: MessageSet, seq: number): number {
  return duplicates > 0 && seq >= COPY_DISTANCE && seq % 10 === 9 ? seq - COPY_DISTANCE : seq;
}

function message({ bytes, isAccessLog = false }: MessageSet, seq: number): OutgoingMessage {
  const attributes = {
    [ATTRIBUTES.eventId]: `${RUN}-${seq}`,
    [ATTRIBUTES.run]: RUN,
    [ATTRIBUTES.seq]: String(seq),
  };
  return { data: Buffer.from(isAccessLog ? accessLine(seq) : line(seq, bytes)), attributes };
}

function accessLine(seq: number): string {
  const { timestamp: at, serviceName, severity, payload, tags } = accessEntry(seq);
  const head = JSON.stringify({
    service_name: serviceName,
    severity,
    timestamp: `${at.replace(' ', 'T')}Z`,
    payload,
  });
  return `${head.slice(0, -1)},"tags":${tags}}`;
}

function timestamp(seq: number): string {
  const micros = seq * STEP_MICROS;
  const seconds = new Date(START + Math.floor(micros / 1000)).toISOString().slice(0, 19);
  return `${seconds}.${String(micros % 1_000_000).padStart(6, '0')}Z`;
}
