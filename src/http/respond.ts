import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { seesAll } from '../access/grant.ts';
import { GrantedReader } from '../access/granted-reader.ts';
import type { EntryReader } from '../query/answers/ports.ts';
import { type BodyLimits, RequestBody } from './body.ts';
import type { BytesInFlight } from './bytes-in-flight.ts';
import type { QueryGate } from './query-gate.ts';
import type { Answer, Ask, HttpRequest, Route, Services } from './route.ts';

/** What requests are answered with. */
export interface Answering {
  readonly reader: EntryReader;
  /** Reads the database that is written to, where that is another one. */
  readonly primary: (() => Promise<EntryReader>) | undefined;
  readonly services: Services;
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
  const { services, inFlight, limits, ending } = answering;
  const body = new RequestBody(request.raw, limits, inFlight);
  const leaving = new AbortController();
  reply.raw.once('close', () => {
    body.release();
    leaving.abort(new Error('whoever asked has gone'));
  });
  const signal = AbortSignal.any([leaving.signal, ending]);
  const { grant } = request;
  const answer = await route.respond({
    params: request.params,
    query: request.query,
    headers: request.headers,
    body,
    nowMs: Date.now(),
    requestId: request.id,
    grant,
    ask: asker({ grant, signal }, answering, () => answering.reader),
    askPrimary: asker({ grant, signal }, answering, answering.primary ?? (() => answering.reader)),
    services,
    signal,
  });
  return send(answer, { request, reply }, services);
}

/** Sends an answer. */
export function send(
  { status = 200, contentType, body, headers, trailers }: Answer,
  { request, reply }: Exchange,
  { log }: Pick<Services, 'log'>,
): FastifyReply {
  void reply
    .code(status)
    .type(contentType)
    .headers(headers ?? {});
  if (typeof body === 'string' || body instanceof Uint8Array) return reply.send(body);
  for (const [name, value] of Object.entries(trailers ?? {}))
    reply.trailer(name, () => Promise.resolve(value()));
  const stream = Readable.from(body);
  stream.once('error', (err) => {
    if (!reply.raw.destroyed) log.error({ requestId: request.id, err }, 'an export was cut off');
  });
  return reply.send(stream);
}

function asker(
  { grant, signal }: Pick<HttpRequest, 'grant' | 'signal'>,
  { gate, limits, stop }: Answering,
  open: () => EntryReader | Promise<EntryReader>,
): Ask {
  const budget = { maxMs: limits.queryTimeBudgetMs, maxRows: limits.queryRowBudget, end: stop };
  const inTurn: Ask = (work, isPatient) =>
    gate.inTurn(
      async () => {
        const whole = await open();
        const reader = seesAll(grant) ? whole : new GrantedReader(whole, grant);
        return work({ reader, budget, now: () => performance.now(), signal });
      },
      { signal, ...(isPatient && { isPatient }) },
    );
  return inTurn;
}
