import { setImmediate } from 'node:timers/promises';
import { type Grant, isWhole, storedService } from '../../access/grant.ts';
import type { LogEntry } from '../../logs/entry.ts';
import { publishedJson } from '../../logs/entry-json.ts';
import { formatInstant } from '../../logs/instant-text.ts';
import { ATTRIBUTES, type Instant, type OutgoingMessage } from '../../logs/message.ts';
import { isRejection, reject, type Rejection, type RejectionCode } from '../../logs/rejection.ts';
import type { DeadLetter } from '../../pipeline/ports.ts';
import { Problem, problemOf } from '../problems.ts';
import { messageOf } from '../publishing.ts';
import type { HttpRequest } from '../route.ts';
import { type PublishedKey, publishedKey } from '../stored-wait.ts';
import type { Fates, Tally } from '../tally.ts';
import { derivedId, finerDigits, idInNamespace, idOfFields } from './identity.ts';
import { bytesOf, type IncomingRecord, NO_ID } from './records.ts';

/** Some of the records of a request. */
export interface Piece {
  /** What their ids are made of: see `bodyIdentity`. */
  readonly identity: string;
  readonly records: Iterable<IncomingRecord>;
}

/** A record that was not taken. */
export interface Refused {
  readonly place: number;
  /** `not_allowed`: the token may not write to its service. */
  readonly code: RejectionCode | 'not_allowed';
  readonly reason: string;
}

/** What became of the records of a request: Pub/Sub has confirmed all of it. */
export interface Outcome {
  /** Entries that will be stored. */
  readonly accepted: number;
  /** Records that cannot be: they are dead letters. */
  readonly rejected: number;
  /** Records that the token may not write. */
  readonly denied: number;
  /** Of all entries; of none if they are more than `MAX_KEYS`. */
  readonly keys: readonly PublishedKey[];
  /** The first of those that were not taken. */
  readonly refused: readonly Refused[];
}

export interface ReceiveOptions {
  /** The request's own time. */
  readonly time: Instant;
  readonly tally: Tally;
  /** Told of each record that was not taken. */
  readonly onRefused?: (refused: Refused) => void;
}

/** Of more entries no keys are given. */
export const MAX_KEYS = 1_000;
const MAX_REFUSED = 100;
/** As many as one request to Pub/Sub takes. */
const PIECE_RECORDS = 1_000;
const PIECE_BYTES = 4_000_000;
const PIECES_UNDER_WAY = 8;
/** A message of Pub/Sub has 10 MB at most, with what is around it. */
const MAX_MESSAGE_BYTES = 9_900_000;
/** In JSON a UTF-16 unit takes six bytes at most. */
const SURELY_FITS_UNITS = MAX_MESSAGE_BYTES / 7;
const AHEAD_SECONDS = 86_400;

/**
 * Publishes the entries that records stand for, in pieces while they come; what cannot be stored becomes a
 * dead letter. Resolves once Pub/Sub has confirmed all of it. Throws what publishing and the records throw,
 * as a problem that says how many records are safe already: ids are the same when all is sent again.
 */
export async function receive(
  request: Pick<HttpRequest, 'grant' | 'services'>,
  pieces: Iterable<Piece> | AsyncIterable<Piece>,
  options: ReceiveOptions,
): Promise<Outcome> {
  const receiver = new Receiver(request, options);
  try {
    for await (const { identity, records } of pieces)
      for (const record of records) {
        receiver.take(record, identity);
        if (receiver.isFull) await receiver.send();
        // Nothing may be sent for long, and others have their turns.
        if (receiver.taken % PIECE_RECORDS === 0) await setImmediate();
      }
    return await receiver.end();
  } catch (error) {
    throw await receiver.cutOff(error);
  }
}

class Receiver {
  readonly #grant: Grant;
  readonly #services: HttpRequest['services'];
  readonly #options: ReceiveOptions;
  /** Times from here on are far ahead. */
  readonly #ahead: string;
  /** Of entries, which are garbage soon: what is kept of many for long, the collector copies. */
  #messages: OutgoingMessage[] = [];
  #letters: DeadLetter[] = [];
  #bytes = 0;
  #taken = 0;
  /** Pieces that are being published, in order, and the records up to the end of each. */
  readonly #underWay: (Fates & { readonly end: number; readonly done: Promise<unknown> })[] = [];
  /** Of the piece that is being filled. */
  #fates = { accepted: 0, rejected: 0 };
  #confirmed = 0;
  readonly #outcome = {
    accepted: 0,
    rejected: 0,
    denied: 0,
    keys: [] as PublishedKey[],
    refused: [] as Refused[],
  };

  constructor({ grant, services }: Pick<HttpRequest, 'grant' | 'services'>, options: ReceiveOptions) {
    this.#grant = grant;
    this.#services = services;
    this.#options = options;
    const { seconds, nanos } = options.time;
    this.#ahead = formatInstant({ seconds: seconds + AHEAD_SECONDS, nanos }) ?? '9999';
  }

  /** How many records there were so far. */
  get taken(): number {
    return this.#taken;
  }

  get isFull(): boolean {
    return this.#messages.length + this.#letters.length >= PIECE_RECORDS || this.#bytes >= PIECE_BYTES;
  }

  take(record: IncomingRecord, identity: string): void {
    this.#taken += 1;
    const { decoded } = record;
    const several = 'length' in decoded ? decoded : [decoded];
    const bad: Rejection[] = [];
    for (const each of several) {
      const entry = isRejection(each) ? each : this.#entryOf(each, { record, identity });
      if (entry === undefined) continue;
      if (isRejection(entry)) bad.push(entry);
      else this.#accept(entry);
    }
    const [first] = bad;
    if (first !== undefined) this.#bury(record, { first, count: bad.length, identity });
  }

  /** As it is stored; why it cannot be; undefined if the token may not write it. */
  #entryOf(
    entry: LogEntry,
    { record, identity }: { readonly record: IncomingRecord; readonly identity: string },
  ): LogEntry | Rejection | undefined {
    const serviceName = storedService(this.#grant, entry.serviceName);
    if (serviceName === undefined) {
      this.#outcome.denied += 1;
      this.#count({ accepted: 0, rejected: 1 });
      this.#refuse({ place: record.place, ...notAllowed(this.#grant) });
      return undefined;
    }
    if (serviceName !== entry.serviceName && [...serviceName].length > 100)
      return reject('service_name_too_long', 'service_name is too long with the prefix of the namespace.');
    const eventId = this.#idOf(entry, { record, identity });
    const stored = { ...entry, serviceName, eventId, tags: this.#tagsOf(entry, record) };
    const isLarge =
      unitsOf(stored) > SURELY_FITS_UNITS && Buffer.byteLength(publishedJson(stored)) > MAX_MESSAGE_BYTES;
    return isLarge
      ? reject('too_large', 'The entry has more than 9.9 MB, which Pub/Sub does not take.')
      : stored;
  }

  #idOf(
    entry: LogEntry,
    { record, identity }: { readonly record: IncomingRecord; readonly identity: string },
  ): string {
    const { prefix } = this.#grant;
    const own = entry.eventId.startsWith(NO_ID) ? idOfFields(entry) : entry.eventId;
    if (own !== undefined) return idInNamespace({ ...entry, eventId: own }, prefix, record.raw);
    const part = entry.eventId.slice(NO_ID.length);
    // Several of one record are sorted by it alone, as they are if it is published once more as a whole.
    const finer = part === '' ? finerDigits(entry) : '';
    return derivedId({ finer, place: record.place, part }, identity);
  }

  #tagsOf({ timestamp, tags }: LogEntry, { isMended = false }: IncomingRecord): string | null {
    const marked = timestamp > this.#ahead ? withMark(tags, 'lms_time_ahead') : tags;
    return isMended ? withMark(marked, 'lms_invalid_utf8') : marked;
  }

  #accept(entry: LogEntry): void {
    this.#messages.push(messageOf(entry));
    // Entries may share much of their record.
    this.#bytes += unitsOf(entry);
    this.#outcome.accepted += 1;
    if (this.#outcome.keys.length <= MAX_KEYS) this.#outcome.keys.push(publishedKey(entry, this.#services));
    this.#count({ accepted: 1, rejected: 0 });
  }

  #bury(
    record: IncomingRecord,
    {
      first,
      count,
      identity,
    }: { readonly first: Rejection; readonly count: number; readonly identity: string },
  ): void {
    const { place } = record;
    const raw = bytesOf(record.raw);
    this.#bytes += raw.length;
    this.#outcome.rejected += count;
    this.#count({ accepted: 0, rejected: count });
    this.#refuse({ place, code: first.code, reason: first.reason });
    const delivery = {
      messageId: derivedId({ finer: '', place, part: '' }, identity),
      publishTime: this.#options.time,
      data: raw,
      attributes: isWhole(this.#grant) ? {} : { [ATTRIBUTES.namespace]: this.#grant.prefix },
      receivedAtMs: 0,
      bytes: raw.length,
    };
    this.#letters.push({ delivery, rejection: first, entries: count });
  }

  #refuse(refused: Refused): void {
    this.#options.onRefused?.(refused);
    if (this.#outcome.refused.length < MAX_REFUSED) this.#outcome.refused.push(refused);
  }

  #count({ accepted, rejected }: Fates): void {
    this.#options.tally.take(accepted + rejected);
    this.#fates.accepted += accepted;
    this.#fates.rejected += rejected;
  }

  /** Begins to publish what was taken; waits if much is under way. */
  async send(): Promise<void> {
    const [messages, letters] = [this.#messages, this.#letters];
    [this.#messages, this.#letters, this.#bytes] = [[], [], 0];
    const { publisher } = this.#services;
    const done = Promise.all([publisher.publish(messages), publisher.bury(letters)]);
    // It is waited for below, or in `cutOff`; until then its failure is nobody's.
    done.catch(() => undefined);
    this.#underWay.push({ ...this.#fates, end: this.#taken, done });
    this.#fates = { accepted: 0, rejected: 0 };
    if (this.#underWay.length >= PIECES_UNDER_WAY) await this.#confirmFirst();
  }

  async #confirmFirst(): Promise<void> {
    const [first] = this.#underWay;
    await first?.done;
    this.#underWay.shift();
    if (first === undefined) return;
    this.#confirmed = first.end;
    this.#options.tally.confirm(first);
  }

  async end(): Promise<Outcome> {
    if (this.#messages.length + this.#letters.length > 0) await this.send();
    while (this.#underWay.length > 0) await this.#confirmFirst();
    // What is left was only denied.
    this.#options.tally.confirm(this.#fates);
    const { keys } = this.#outcome;
    return { ...this.#outcome, keys: keys.length > MAX_KEYS ? [] : keys };
  }

  /** What a failure is for whoever sent the request, once nothing is under way any more. */
  async cutOff(error: unknown): Promise<unknown> {
    await Promise.allSettled(this.#underWay.map(({ done }) => done));
    try {
      while (this.#underWay.length > 0) await this.#confirmFirst();
    } catch {
      // The records before the first piece that failed are safe.
    }
    if (this.#confirmed === 0) return error;
    const { code, message, headers, details } = problemOf(error);
    const far = `The first ${this.#confirmed} records are safe; sent again as a whole, they count once.`;
    return new Problem(code, `${message} ${far}`, {
      ...details,
      headers,
      received: this.#confirmed,
      cause: error instanceof Problem ? error.cause : error,
    });
  }
}

function unitsOf({ payload, tags }: LogEntry): number {
  return payload.length + (tags?.length ?? 0);
}

function notAllowed({ name }: Grant): Pick<Refused, 'code' | 'reason'> {
  return { code: 'not_allowed', reason: `The token ${name} may not write to this service.` };
}

/** Tags that have a mark; what has it already stays as it is. */
function withMark(tags: string | null, mark: string): string {
  if (tags === null) return `{"${mark}":true}`;
  return tags.includes(`"${mark}"`) ? tags : `${tags.slice(0, tags.lastIndexOf('}'))},"${mark}":true}`;
}
