import { decode } from '../../logs/decode.ts';
import type { LogEntry } from '../../logs/entry.ts';
import { formatInstant } from '../../logs/instant-text.ts';
import type { JsonObject } from '../../logs/json.ts';
import type { Instant } from '../../logs/message.ts';
import { isRejection } from '../../logs/rejection.ts';
import { cutServiceName } from '../../logs/service-name.ts';
import type { Reading } from '../formats/format.ts';
import type { ReadOptions } from '../ports.ts';

/** What makes an event the same one whenever it is read. */
export interface EventKey {
  /** 1 to 55 printable ASCII characters without spaces. */
  readonly id: string;
  /** The time of an event that says none. */
  readonly time: Instant;
}

/** Whose entries they are: what `ReadOptions` says of it. */
export interface EntryOrigin extends Pick<ReadOptions, 'host' | 'tags'> {
  readonly service: string;
}

/** For a time that no column holds. */
const NO_TIME = '1000-01-01 00:00:00.000000';

/**
 * The entries that an event is: most often one. Of a line that holds several, or one with an identity of its own, they
 * are what a worker would make of it, untouched. Empty if no row can be made of it.
 */
export function entriesOf(reading: Reading, key: EventKey, origin: EntryOrigin): readonly LogEntry[] {
  const { asMessage, message, timestamp } = reading;
  if (asMessage !== 'must' || message === undefined) return [entryOf(reading, key, origin)];
  const time = timestamp === undefined ? key.time : instantOf(timestamp);
  return entriesOfMessage(message, { ...key, time }, origin);
}

function entryOf(reading: Reading, { id, time }: EventKey, origin: EntryOrigin): LogEntry {
  const { payload, severity } = reading;
  return {
    timestamp: reading.timestamp ?? formatInstant(time) ?? NO_TIME,
    eventId: id,
    serviceName: serviceName(reading.service, origin),
    severity,
    payload,
    tags: tagsText(reading, origin),
  };
}

/** What is the same for all lines of an origin, written once. */
interface WrittenOrigin {
  readonly names: ReadonlySet<string>;
  /** JSON of an object without its last brace. */
  readonly json: string;
}

const WRITTEN = new WeakMap<EntryOrigin, WrittenOrigin>();

/** JSON of the tags. The line's own win. */
function tagsText({ tags, host }: Reading, origin: EntryOrigin): string {
  const { names, json } = written(origin);
  if (host !== undefined || hasAny(tags, names))
    return JSON.stringify({ ...origin.tags, host: host ?? origin.host, ...tags });
  const own = JSON.stringify(tags);
  return own === '{}' ? `${json}}` : `${json},${own.slice(1)}`;
}

function hasAny(tags: JsonObject, names: ReadonlySet<string>): boolean {
  for (const name in tags) if (names.has(name)) return true;
  return false;
}

function written(origin: EntryOrigin): WrittenOrigin {
  let found = WRITTEN.get(origin);
  if (found === undefined) {
    const tags = { ...origin.tags, host: origin.host };
    found = { names: new Set(Object.keys(tags)), json: JSON.stringify(tags).slice(0, -1) };
    WRITTEN.set(origin, found);
  }
  return found;
}

function serviceName(named: string | undefined, origin: EntryOrigin): string {
  const name = named === undefined ? '' : cutServiceName(named);
  return name === '' || !name.isWellFormed() ? origin.service : name;
}

function entriesOfMessage(text: string, { id, time }: EventKey, { service }: EntryOrigin): LogEntry[] {
  const message = { data: Buffer.from(text), attributes: {}, messageId: id, publishTime: time };
  const decoded = decode(message, { defaultService: service });
  const results = 'length' in decoded ? decoded : [decoded];
  return results.filter((result): result is LogEntry => !isRejection(result));
}

/** The time that a column holds. */
function instantOf(timestamp: string): Instant {
  const ms = Date.parse(`${timestamp.slice(0, 10)}T${timestamp.slice(11, 19)}Z`);
  return { seconds: ms / 1_000, nanos: Number(timestamp.slice(20)) * 1_000 };
}
