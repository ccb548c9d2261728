import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../pipeline/ports.ts';
import type { EntryReader } from '../query/answers/ports.ts';
import type { QueryGate } from './query-gate.ts';
import type { Ask, Resource } from './resource.ts';

/** What questions are answered with. */
export interface Asking {
  readonly reader: EntryReader;
  readonly gate: QueryGate;
  readonly limits: { readonly queryTimeBudgetMs: number; readonly queryRowBudget: number };
  /** Aborted, questions are answered with what was found so far. */
  readonly stop: AbortSignal;
  /** Aborted, they are given up. */
  readonly ending: AbortSignal;
  readonly log: Log;
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Answers a request. When whoever asked goes away, what the database does for it is ended. */
export async function respondTo(
  { request, reply }: Exchange,
  resource: Resource,
  asking: Asking,
): Promise<FastifyReply> {
  const ask = asker(reply, asking);
  const { contentType, body, headers, trailers } = await resource.respond({
    params: request.params,
    query: request.query,
    accept: request.headers.accept,
    nowMs: Date.now(),
    ask,
  });
  void reply.type(contentType).headers(headers ?? {});
  if (typeof body === 'string') return reply.send(body);
  for (const [name, value] of Object.entries(trailers ?? {}))
    reply.trailer(name, () => Promise.resolve(value()));
  const stream = Readable.from(body);
  stream.once('error', (err) => {
    if (!reply.raw.destroyed) asking.log.error({ requestId: request.id, err }, 'an export was cut off');
  });
  return reply.send(stream);
}

function asker({ raw }: FastifyReply, { reader, gate, limits, stop, ending }: Asking): Ask {
  const leaving = new AbortController();
  raw.once('close', () => {
    leaving.abort(new Error('whoever asked has gone'));
  });
  const signal = AbortSignal.any([leaving.signal, ending]);
  const budget = { maxMs: limits.queryTimeBudgetMs, maxRows: limits.queryRowBudget, end: stop };
  const means = { reader, budget, now: () => performance.now(), signal };
  return (work, isPatient) => gate.inTurn(() => work(means), { signal, ...(isPatient && { isPatient }) });
}
