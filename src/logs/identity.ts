import { createHash, hash } from 'node:crypto';
import type { Message } from './message.ts';
import { attributeOf, ATTRIBUTES } from './message.ts';
import type { Origin } from './origin.ts';

/** Width of the `event_id` column. */
const LONGEST_ID = 64;
/** `~` and 48 bits of hash: enough among the events of one microsecond whose ids are the same. */
const SUFFIX_UNITS = 9;
const LONGEST_SCOPED = LONGEST_ID - SUFFIX_UNITS;
/** Characters of the hash that tells apart ids which share a head: 96 bits. */
const LONG_HASH_UNITS = 16;
/**
 * Services and logs whose suffix is remembered. Beyond that it begins anew: a publisher may make up names
 * without end.
 */
const MAX_SUFFIXES = 10_000;
/** The name of a log, or digits of a time, may have megabytes: they are not worth remembering. */
const MAX_REMEMBERED_UNITS = 1_000;

const SUFFIXES = new Map<string, string>();

/** An id that a record brings, which is unique only within its scope: an `insertId` within its log. */
export interface ScopedId {
  readonly id: string;
  readonly scope: string;
}

/**
 * The identity that every copy of an event shares, as the row's key has it: 1 to 64 printable ASCII
 * characters.
 *
 * It is the publisher's own `event_id` attribute, which is unique within its service; else the id that the
 * record brings, within its scope; else the `ce-id` of a CloudEvent, within its source; else the id that
 * Pub/Sub gave the message, or the message it was copied from, which is unique by itself. An empty id is
 * none: it would make one event of many.
 *
 * An id that is unique only within a scope ends in `~` and 8 base64url characters of a hash of the scope. Of
 * several entries of a message, each has its place before that suffix, `17-0002~x7Kp2QaB`: so they sort in
 * the order of the message. An id that the column cannot hold is its head and place, and 16 characters of a
 * hash of all of it.
 */
export function identify(origin: Origin, serviceName: string, own?: ScopedId): string {
  const { message, part } = origin;
  const usual = part === '' ? usualId(message, serviceName) : undefined;
  if (usual !== undefined) return usual;
  const eventId = attributeOf(message, ATTRIBUTES.eventId);
  if (eventId) return scopedId(eventId, part, serviceName);
  if (own !== undefined && own.id !== '') return scopedId(own.id, part, own.scope);
  const cloudEventId = attributeOf(message, ATTRIBUTES.cloudEventId);
  if (cloudEventId)
    return scopedId(cloudEventId, part, attributeOf(message, ATTRIBUTES.cloudEventSource) ?? '');
  return unscopedId(pubsubId(message), part);
}

/** What nearly every message has. Made of the bytes of the message at once, where it can. */
function usualId(message: Message, serviceName: string): string | undefined {
  return message.printableAttribute?.(ATTRIBUTES.eventId, LONGEST_SCOPED, suffixOf(serviceName));
}

/**
 * The id under which the release before scoped ids stored the same event, if `options` say that its row may
 * have one: undefined if it can have none, or the same.
 */
export function earlierId(
  { message, part, options }: Origin,
  timestamp: string,
  eventId: string,
  insertId = '',
): string | undefined {
  const { scopedSince } = options;
  if (scopedSince === undefined || timestamp >= scopedSince || part !== '') return undefined;
  const given = attributeOf(message, ATTRIBUTES.eventId) ?? '';
  const id = given === '' ? (insertId === '' ? pubsubId(message) : insertId) : given;
  const earlier = isPrintable(id, LONGEST_ID) ? id : createHash('sha256').update(id).digest('hex');
  return earlier === eventId ? undefined : earlier;
}

function pubsubId(message: Message): string {
  const original = attributeOf(message, ATTRIBUTES.originalMessageId) ?? '';
  return original === '' ? message.messageId : original;
}

/**
 * The identity of an event that has an id which is unique within a scope. `part`: its place among several.
 *
 * A concatenation: copied into one text it would hold 32 bytes less a row, and cost no less. The suffix is
 * shared by its scope.
 */
export function scopedId(id: string, part: string, scope: string): string {
  const whole = part === '' ? id : id + part;
  return isPrintable(whole, LONGEST_SCOPED) ? whole + suffixOf(scope) : shortened(id, part, scope);
}

function unscopedId(id: string, part: string): string {
  const whole = part === '' ? id : id + part;
  return isPrintable(whole, LONGEST_ID) ? whole : shortened(id, part, '');
}

/** As much of an id as fits, and a hash of all that it says. */
function shortened(id: string, part: string, scope: string): string {
  const room = LONGEST_ID - part.length - 1 - LONG_HASH_UNITS;
  const head = id.slice(0, room).replace(/[^!-~]/g, '_');
  const digest = hash('sha256', JSON.stringify([id, part, scope]), 'base64url');
  return `${head}${part}~${digest.slice(0, LONG_HASH_UNITS)}`;
}

function suffixOf(scope: string): string {
  let suffix = SUFFIXES.get(scope);
  if (suffix === undefined) {
    suffix = `~${hash('sha256', scope, 'base64url').slice(0, SUFFIX_UNITS - 1)}`;
    if (scope.length > MAX_REMEMBERED_UNITS) return suffix;
    if (SUFFIXES.size >= MAX_SUFFIXES) SUFFIXES.clear();
    SUFFIXES.set(scope, suffix);
  }
  return suffix;
}

/** Whether an id is 1 to `longest` printable ASCII characters without spaces. */
function isPrintable(id: string, longest: number): boolean {
  if (id.length === 0 || id.length > longest) return false;
  for (let at = 0; at < id.length; at += 1) {
    const code = id.charCodeAt(at);
    if (code <= 0x20 || code >= 0x7f) return false;
  }
  return true;
}
