import { Readable } from 'node:stream';
import { type Grant, OPEN } from '../../src/access/grant.ts';
import { LmsError } from '../../src/errors/catalogue.ts';
import { ServerMetrics } from '../../src/health/server-metrics.ts';
import { RequestBody } from '../../src/http/body.ts';
import { BytesInFlight } from '../../src/http/bytes-in-flight.ts';
import { problemOf } from '../../src/http/problems.ts';
import { EntryPublisher } from '../../src/http/publishing.ts';
import type { Answer, HttpRequest, Route } from '../../src/http/route.ts';
import { WebPage } from '../../src/http/web-page.ts';
import { decode } from '../../src/logs/decode.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import type { OutgoingMessage } from '../../src/logs/message.ts';
import { isRejection } from '../../src/logs/rejection.ts';
import type { DeadLetter } from '../../src/pipeline/ports.ts';
import { MemoryRecords } from './memory-records.ts';
import { RecordingLog } from './recording-log.ts';

/** 2026-11-25T14:00:05.250Z. */
export const NOW_MS = Date.UTC(2026, 10, 25, 14, 0, 5, 250);

/** What comes in by HTTP, with topics in memory that may fail. */
export class IntakeWorld {
  readonly published: OutgoingMessage[] = [];
  readonly letters: DeadLetter[] = [];
  readonly log = new RecordingLog();
  readonly events = new ServerMetrics();
  readonly inFlight = new BytesInFlight(64 * 1024 * 1024);
  readonly records = new MemoryRecords();
  /** So many publishes succeed, then Pub/Sub does not answer. */
  publishesLeft = Infinity;

  /** Answers as the route does, a refusal too. `chunks`: the body as it comes. */
  async send(route: Route, sent: Sent = {}): Promise<Sending> {
    const headers = { 'content-type': 'application/json', ...sent.headers };
    const body = sent.body ?? '';
    const chunks = typeof body === 'string' || body instanceof Uint8Array ? [Buffer.from(body)] : body;
    const message = Object.assign(Readable.from(chunks), { headers });
    const request: HttpRequest = {
      params: sent.params ?? {},
      query: sent.query ?? {},
      headers,
      body: new RequestBody(message, { maxBytes: sent.maxBytes ?? 16 * 1024 * 1024 }, this.inFlight),
      nowMs: sent.nowMs ?? NOW_MS,
      requestId: 'request-1',
      grant: sent.grant ?? OPEN,
      isSecure: false,
      ask: nothing,
      askPrimary: nothing,
      services: {
        publisher: new EntryPublisher({
          topic: { publish: (messages) => this.#publish(messages), close: () => Promise.resolve() },
          deadLetters: { publish: (letters) => this.#bury(letters) },
          inFlight: this.inFlight,
        }),
        deleter: { deleteEntries: () => Promise.resolve(0) },
        records: this.records,
        deadLetterBox: { list: nothing, replay: nothing },
        events: this.events,
        page: new WebPage(),
        waits: { isUsual: false, maxMs: 0, stop: new AbortController().signal },
        log: this.log,
        defaultService: sent.defaultService,
      },
      signal: new AbortController().signal,
      isStillGranted: () => Promise.resolve(true),
    };
    try {
      return sendingOf(await route.respond(request));
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === 'BUG') throw error;
      const refusal = route.refuse?.(problem, { headers, requestId: 'request-1' });
      return refusal === undefined
        ? { status: problem.status, headers: {}, body: Buffer.from(problem.body('request-1')) }
        : sendingOf(refusal);
    } finally {
      request.body.release();
    }
  }

  /** What a worker makes of all that was published. */
  get entries(): LogEntry[] {
    return this.published.map(({ data, attributes }) => {
      const decoded = decode({ messageId: 'm', publishTime: { seconds: 0, nanos: 0 }, data, attributes });
      if ('length' in decoded || isRejection(decoded)) throw new Error(Buffer.from(data).toString('utf8'));
      return decoded;
    });
  }

  /** The rows that there are when all of it is stored: an event that came twice is one. */
  get rows(): LogEntry[] {
    const rows = new Map(this.entries.map((entry) => [`${entry.timestamp} ${entry.eventId}`, entry]));
    return [...rows].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry);
  }

  #publish(messages: readonly OutgoingMessage[]): Promise<string[]> {
    this.publishesLeft -= 1;
    if (this.publishesLeft < 0)
      return Promise.reject(new LmsError('PUBSUB_UNREACHABLE', 'it does not answer'));
    this.published.push(...messages);
    return Promise.resolve(messages.map((_message, n) => String(n)));
  }

  #bury(letters: readonly DeadLetter[]): Promise<void> {
    if (this.publishesLeft < 0)
      return Promise.reject(new LmsError('PUBSUB_UNREACHABLE', 'it does not answer'));
    this.letters.push(...letters);
    return Promise.resolve();
  }
}

/** A request. */
export interface Sent {
  readonly body?: string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly grant?: Grant;
  readonly nowMs?: number;
  readonly maxBytes?: number;
  readonly defaultService?: string;
}

/** An answer. */
export interface Sending {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What an answer in JSON says. */
export function jsonOf({ body }: Sending): Record<string, unknown> {
  return JSON.parse(body.toString('utf8')) as Record<string, unknown>;
}

function sendingOf({ status = 200, contentType, headers, body }: Answer): Sending {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) throw new Error('a body in pieces');
  return { status, headers: { 'content-type': contentType, ...headers }, body: Buffer.from(body) };
}

function nothing(): Promise<never> {
  return Promise.reject(new Error('nothing is asked of the database, or of dead letters'));
}
