import { hash } from 'node:crypto';
import { storedService } from '../../access/grant.ts';
import type { LogEntry } from '../../logs/entry.ts';
import { isDeeperThan, isJsonObject, type JsonObject } from '../../logs/json.ts';
import { hasValuesOver } from '../../logs/json-values.ts';
import { type Done, keyed } from '../keyed.ts';
import { Problem } from '../problems.ts';
import { messageOf } from '../publishing.ts';
import type { Answer, HttpRequest } from '../route.ts';
import type { Protocol } from '../server-events.ts';
import { publishedKey, waitUntilStored } from '../stored-wait.ts';
import { tallied, type Tally } from '../tally.ts';
import { Arrivals } from './arrivals.ts';

/** What somebody sends, without what we give it. */
export interface NewEntry extends Pick<LogEntry, 'severity' | 'payload' | 'tags'> {
  /** The event's own time, as a column holds it; absent: it happens now. */
  readonly at?: string | undefined;
}

/** Where entries are sent to, and as what. */
export interface Writing {
  readonly protocol: Protocol;
  /** Tells places apart where an `Idempotency-Key` means another request: `POST /messages`. */
  readonly place: string;
  /** The service of the interface, as its clients call it. */
  readonly service: string;
  /** Reads what was sent. Throws `Problem`. */
  readonly read: (sent: Sent) => readonly NewEntry[];
  /** What is answered once it will not be lost. */
  readonly answer: (sent: Sent) => Answer;
}

/** A body, whole. */
export interface Sent {
  readonly bytes: Buffer;
  /** As UTF-8. */
  readonly text: string;
  /** Its media type in lower case, without parameters. */
  readonly type: string;
  /** The same with parameters. */
  readonly contentType: string;
}

/** Of a text and its tags: Pub/Sub takes messages of 10,000,000, with what else there is of an entry. */
const MAX_TEXT_BYTES = 10_000_000 - 4_000;
const arrivals = new Arrivals();

/**
 * Publishes what was sent, under keys in its order, and waits until it is stored if that is asked for. Throws as
 * `RequestBody.bytes`, `keyed` and `EntryPublisher.publish` do, SCOPE, and BODY_TOO_LARGE for what no message of
 * Pub/Sub can hold.
 */
export function writing(settings: Writing): (request: HttpRequest) => Promise<Answer> {
  return tallied(settings.protocol, async (request: HttpRequest, tally) => {
    const { answer, keys } = await write(request, settings, tally);
    const { headers } = await waitUntilStored(keys, request);
    return { ...answer, headers };
  });
}

async function write(
  request: HttpRequest,
  { place, service, read, answer }: Writing,
  tally: Tally,
): Promise<Done> {
  const { body, headers, grant, nowMs, services } = request;
  const serviceName = storedService(grant, service);
  if (serviceName === undefined)
    throw new Problem('SCOPE', `The token ${grant.name} may not write entries of ${service}.`);
  const bytes = await body.bytes();
  const contentType = headers['content-type'] ?? '';
  const sent = { bytes, text: bytes.toString('utf8'), type: body.type, contentType };
  // What is refused takes no key: it is sent again once it is right.
  const given = read(sent);
  given.forEach(requireRoom);
  return keyed(request, { place, bodyHash: () => hash('sha256', bytes) }, async (key) => {
    tally.take(given.length);
    const entries = given.map(({ at, ...rest }, index): LogEntry => {
      const own = key && { ...key, key: partOf(key.key, index) };
      return { ...arrivals.next(nowMs, { at, key: own }), serviceName, ...rest };
    });
    await services.publisher.publish(entries.map(messageOf));
    tally.confirm({ accepted: entries.length, rejected: 0 });
    const keys = entries.map((entry) => publishedKey(entry, services));
    return { answer: answer(sent), keys };
  });
}

/** One request may hold several entries, which need keys of their own that sort: its place comes first. */
function partOf(key: string, index: number): string {
  return index.toString(16).padStart(6, '0') + key;
}

function requireRoom({ payload, tags }: NewEntry): void {
  // What is escaped in JSON takes six bytes at most for a UTF-16 unit.
  if ((payload.length + (tags?.length ?? 0)) * 6 < MAX_TEXT_BYTES) return;
  if (Buffer.byteLength(JSON.stringify(payload)) + Buffer.byteLength(tags ?? '') > MAX_TEXT_BYTES)
    throw new Problem('BODY_TOO_LARGE', `In JSON, an entry has at most ${MAX_TEXT_BYTES} bytes.`);
}

/** A text that can be stored. Throws BODY. */
export function wellFormed(text: string, what: string): string {
  if (text.isWellFormed()) return text;
  throw new Problem('BODY', `${what} holds half of a surrogate pair: it should be Unicode text.`);
}

const MAX_LEVELS = 100;
/** Each takes fifty times its least size in memory. */
const MAX_VALUES = 1_000_000;

/** The object that a body in JSON is. Throws BODY, BODY_TOO_LARGE. */
export function jsonObjectOf(text: string): JsonObject {
  const parsed = parsedJson(text);
  if (!isJsonObject(parsed) || isDeeperThan(parsed, MAX_LEVELS))
    throw new Problem('BODY', 'The body should be an object of JSON.');
  return parsed;
}

/** The texts of a list in JSON. Throws BODY, BODY_TOO_LARGE. */
export function jsonTextsOf(text: string): readonly string[] {
  const parsed = parsedJson(text);
  if (Array.isArray(parsed) && parsed.every((each) => typeof each === 'string')) return parsed;
  throw new Problem('BODY', 'The body should be a list of texts in JSON.');
}

function parsedJson(text: string): unknown {
  if (hasValuesOver(text, MAX_VALUES))
    throw new Problem('BODY_TOO_LARGE', `The body should have at most ${MAX_VALUES} JSON values.`);
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
