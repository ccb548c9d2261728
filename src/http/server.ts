import { randomUUID } from 'node:crypto';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { LmsError } from '../errors/catalogue.ts';
import type { Log } from '../pipeline/ports.ts';
import type { EntryReader } from '../query/answers/ports.ts';
import { logRequest } from './access-log.ts';
import { hostOf, isLoopback } from './hosts.ts';
import { openApiDocument } from './openapi.ts';
import { Problem, problemOf } from './problems.ts';
import { QueryGate } from './query-gate.ts';
import { ReadinessProbe } from './readiness.ts';
import { JSON_TYPE } from './resource.ts';
import { RESOURCES } from './resources/all.ts';
import { type Asking, respondTo } from './respond.ts';

/** What a server is made of. */
export interface ServerParts {
  readonly reader: EntryReader;
  readonly log: Log;
  readonly release: string;
  readonly limits: ServerLimits;
  /** Aborted, questions are answered with what was found so far, and it is not ready any more. */
  readonly stop: AbortSignal;
}

/** How much it takes on. */
export interface ServerLimits {
  readonly queryTimeBudgetMs: number;
  readonly queryRowBudget: number;
  readonly queriesAtOnce: number;
  readonly queryWaitMs: number;
}

/** A server that listens. */
export interface RunningServer {
  readonly url: string;
  /** Takes nothing new, and finishes what it has for so long; what is left then is cut off. */
  close(graceMs: number): Promise<void>;
}

/** A request has to be there, headers and all, within this time. */
const REQUEST_TIMEOUT_MS = 30_000;
/** More than a request line may have: an id that is too long is answered like every text that is no id. */
const MAX_PARAMETER_UNITS = 20_000;
const REQUEST_ID = /^[\w.~-]{1,64}$/;
/** Nobody takes an answer for a page, frames it or keeps it. */
const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** Serves the API. Rejects with `LmsError` LISTEN if the address cannot be listened on. */
export async function startServer(
  parts: ServerParts,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<RunningServer> {
  const ending = new AbortController();
  const server = buildServer(parts, ending.signal);
  let url: string;
  try {
    url = await server.listen({ host, port });
  } catch (error) {
    throw cannotListen(`${host}:${port}`, error);
  }
  return {
    url,
    async close(graceMs) {
      const timer = setTimeout(() => {
        ending.abort(new Error('the server ends'));
        server.server.closeAllConnections();
      }, graceMs);
      await server.close();
      clearTimeout(timer);
    },
  };
}

function buildServer(parts: ServerParts, ending: AbortSignal): FastifyInstance {
  const { log, reader, release, limits, stop } = parts;
  const server = fastify({
    logger: false,
    requestIdHeader: false,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Answers that began are finished; connections that are idle are closed.
    forceCloseConnections: 'idle',
    // Until no more are taken, those that come are answered.
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAMETER_UNITS },
    frameworkErrors: (error, request, reply) => {
      prepare(request, reply, log);
      refuse(error, request, reply);
    },
  });
  server.addHook('onRequest', async (request, reply) => {
    prepare(request, reply, log);
    requireOwnHost(request);
  });
  server.setNotFoundHandler(() => {
    throw new Problem('NO_RESOURCE', 'There is no such path; /api/openapi.json lists all.');
  });
  server.setErrorHandler((error, request, reply) => {
    const problem = refuse(error, request, reply);
    if (problem.status >= 500 && !(error instanceof Problem))
      log.error({ requestId: request.id, err: error }, 'a request failed');
  });
  addHealthPages(server, new ReadinessProbe(reader, stop));
  const gate = new QueryGate({ atOnce: limits.queriesAtOnce, maxWaitMs: limits.queryWaitMs });
  addResources(server, { reader, gate, limits, stop, ending, log });
  const document = openApiDocument(RESOURCES, release);
  get(server, '/api/openapi.json', (_, reply) => reply.type(JSON_TYPE).send(document));
  return server;
}

function prepare(request: FastifyRequest, reply: FastifyReply, log: Log): void {
  reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id });
  logRequest(request, reply, log);
}

/** A page that somebody else made, opened here, would reach us under its own name. */
function requireOwnHost({ headers }: FastifyRequest): void {
  const host = hostOf(headers.host);
  if (host !== undefined && isLoopback(host)) return;
  throw new Problem('HOST', 'Without tokens, this server answers on this machine alone: as localhost.');
}

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): Problem {
  const problem = problemOf(error);
  void reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/problem+json; charset=utf-8')
    .send(problem.body(request.id));
  return problem;
}

function addHealthPages(server: FastifyInstance, probe: ReadinessProbe): void {
  get(server, '/livez', (_, reply) => reply.type('text/plain; charset=utf-8').send('alive\n'));
  get(server, '/readyz', async (_, reply) => {
    const readiness = await probe.look();
    return reply
      .code(readiness.ready ? 200 : 503)
      .type(JSON_TYPE)
      .send(`${JSON.stringify(readiness, null, 2)}\n`);
  });
}

function addResources(server: FastifyInstance, asking: Asking): void {
  for (const resource of RESOURCES)
    get(server, resource.path.replace(/\{(\w+)\}/g, ':$1'), (request, reply) =>
      respondTo({ request, reply }, resource, asking),
    );
}

const OTHER_METHODS = ['DELETE', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

/** Something that is read, and nothing else is done to it: before a body is looked at. */
function get(
  server: FastifyInstance,
  url: string,
  respond: (request: FastifyRequest, reply: FastifyReply) => unknown,
): void {
  server.get(url, respond);
  server.route({
    method: OTHER_METHODS,
    url,
    onRequest: () => {
      throw new Problem('METHOD', 'This can be read, by GET and HEAD.', { headers: { allow: 'GET, HEAD' } });
    },
    handler: () => undefined,
  });
}

function cannotListen(address: string, error: unknown): LmsError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason = code === 'EADDRINUSE' ? 'another program listens there' : String(error);
  return new LmsError('LISTEN', `cannot listen on ${address}: ${reason}`, { cause: error });
}
