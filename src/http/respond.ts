import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OPEN, seesAll } from '../access/grant.ts';
import { GrantedReader } from '../access/granted-reader.ts';
import type { EntryReader } from '../query/answers/ports.ts';
import { watchedReader } from '../query/answers/watched-reader.ts';
import type { Authentication } from './authentication.ts';
import { type BodyLimits, RequestBody } from './body.ts';
import type { BytesInFlight } from './bytes-in-flight.ts';
import { sendEvents } from './event-stream.ts';
import type { QueryGate } from './query-gate.ts';
import { requestSignal } from './request-signal.ts';
import type { Answer, Ask, HttpRequest, Route, Services } from './route.ts';
import type { ServerEvents } from './server-events.ts';

/** What requests are answered with. */
export interface Answering {
  readonly reader: EntryReader;
  /** Reads the database that is written to, where that is another one. */
  readonly primary: (() => Promise<EntryReader>) | undefined;
  readonly services: Services;
  readonly authentication: Authentication;
  readonly gate: QueryGate;
  readonly inFlight: BytesInFlight;
  readonly limits: BodyLimits & { readonly queryTimeBudgetMs: number; readonly queryRowBudget: number };
  /** Aborted, questions are answered with what was found so far. */
  readonly stop: AbortSignal;
  /** Aborted, they are given up. */
  readonly ending: AbortSignal;
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Answers a request. When whoever asked goes away, what the database does for it is ended. */
export async function respondTo(
  { request, reply }: Exchange,
  route: Route,
  answering: Answering,
): Promise<FastifyReply> {
  const { services, inFlight, limits, ending, authentication } = answering;
  const body = new RequestBody(request.raw, limits, inFlight);
  reply.raw.once('close', () => {
    body.release();
  });
  const signal = requestSignal(reply.raw, ending);
  const { grant } = request;
  const answer = await route.respond({
    params: request.params,
    query: request.query,
    headers: request.headers,
    body,
    nowMs: Date.now(),
    requestId: request.id,
    grant,
    isSecure: request.protocol === 'https',
    ask: asker({ grant, signal }, answering, () => answering.reader),
    askPrimary: asker({ grant, signal }, answering, answering.primary ?? (() => answering.reader)),
    services,
    signal,
    isStillGranted: () => authentication.isStill(grant),
  });
  return send(answer, { request, reply }, services);
}

/** Sends an answer. */
export function send(
  { status = 200, contentType, body, headers, trailers, isStream }: Answer,
  { request, reply }: Exchange,
  { log, waits }: Pick<Services, 'log' | 'waits'>,
): FastifyReply {
  void reply
    .code(status)
    .type(contentType)
    .headers(headers ?? {});
  if (typeof body === 'string' || body instanceof Uint8Array) return reply.send(body);
  if (isStream === true) return sendEvents(body, { request, reply }, { log, stop: waits.stop });
  for (const [name, value] of Object.entries(trailers ?? {}))
    reply.trailer(name, () => Promise.resolve(value()));
  // A piece is much already, and whoever stops reading keeps what is read ahead for him.
  const stream = Readable.from(body, { highWaterMark: 1 });
  stream.once('error', (err) => {
    if (!reply.raw.destroyed) log.error({ requestId: request.id, err }, 'an export was cut off');
  });
  return reply.send(stream);
}

/** Tells how many rows are read for what is found. */
function countedReader(reader: EntryReader, events: ServerEvents): EntryReader {
  return watchedReader(reader, ({ rowsRead, entries }) => {
    events.read(rowsRead, entries.length);
  });
}

function asker(
  { grant, signal }: Pick<HttpRequest, 'grant' | 'signal'>,
  { services, gate, limits, stop }: Answering,
  open: () => EntryReader | Promise<EntryReader>,
): Ask {
  const budget = { maxMs: limits.queryTimeBudgetMs, maxRows: limits.queryRowBudget, end: stop };
  const key = grant === OPEN ? undefined : (grant.tokenId ?? grant.name);
  return (work, isPatient = false) =>
    gate.inTurn(
      async () => {
        const counted = countedReader(await open(), services.events);
        const reader = seesAll(grant) ? counted : new GrantedReader(counted, grant);
        return work({ reader, budget, now: () => performance.now(), signal });
      },
      { signal, isPatient, key },
    );
}
