import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { NOBODY } from '../access/grant.ts';
import type { ServerRecords } from '../access/records.ts';
import { LmsError } from '../errors/catalogue.ts';
import type { DeadLetters, Log, Publisher } from '../pipeline/ports.ts';
import type { EntryDeleter } from '../query/answers/delete.ts';
import type { EntryReader } from '../query/answers/ports.ts';
import { logRequest } from './access-log.ts';
import type { Authentication } from './authentication.ts';
import { BytesInFlight } from './bytes-in-flight.ts';
import { compatRoutes, type CompatSettings, linesAt } from './compat/all.ts';
import { mountRoutes, refuse } from './mount.ts';
import { Problem } from './problems.ts';
import { EntryPublisher } from './publishing.ts';
import { QueryGate } from './query-gate.ts';
import { RESOURCES } from './resources/all.ts';
import { ownRoutes } from './resources/own.ts';
import type { Answering } from './respond.ts';
import type { Route } from './route.ts';
import { longestWaitMs } from './stored-wait.ts';

/** What a server is made of. */
export interface ServerParts {
  readonly reader: EntryReader;
  /** Reads the database that is written to, where that is another one. */
  readonly primary?: (() => Promise<EntryReader>) | undefined;
  readonly deleter: EntryDeleter;
  readonly records: ServerRecords;
  readonly topic: Publisher;
  readonly deadLetters: DeadLetters;
  readonly authentication: Authentication;
  readonly log: Log;
  readonly release: string;
  readonly limits: ServerLimits;
  readonly compat: CompatSettings;
  /** Aborted, questions are answered with what was found so far, and it is not ready any more. */
  readonly stop: AbortSignal;
}

/** How much it takes on. */
export interface ServerLimits {
  readonly queryTimeBudgetMs: number;
  readonly queryRowBudget: number;
  readonly queriesAtOnce: number;
  readonly queryWaitMs: number;
  /** Of a body that is read whole. */
  readonly maxBodyBytes: number;
  /** What all requests together hold in memory of what was sent. */
  readonly maxBytesInFlight: number;
  /** How often workers flush: no write waits much longer for its row. */
  readonly flushIntervalMs: number;
  /** Whether writes wait for their rows that nobody asks to. */
  readonly waitForStored: boolean;
}

/** A server that listens. */
export interface RunningServer {
  readonly url: string;
  /** Where lines of access logs have a port of their own. */
  readonly linesUrl: string | undefined;
  /** Takes nothing new, and finishes what it has for so long; what is left then is cut off. */
  close(graceMs: number): Promise<void>;
}

/** The headers of a request have to be there within this time; bodies may take longer, see `RequestBody`. */
const HEADERS_TIMEOUT_MS = 15_000;
/** What is left of the body of a request that was answered before its end may come for so long. */
const REST_TIMEOUT_MS = 5_000;
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
  const { compat } = parts;
  const ending = new AbortController();
  const answering = answeringOf(parts, ending.signal);
  const server = buildServer(parts, answering, [...RESOURCES, ...ownRoutes(parts), ...compatRoutes(compat)]);
  const lines =
    compat.accessLogPort === undefined ? undefined : buildServer(parts, answering, linesAt('', compat));
  const servers = [server, ...(lines === undefined ? [] : [lines])];
  try {
    const url = await listen(server, { host, port });
    const linesUrl = lines && (await listen(lines, { host, port: compat.accessLogPort ?? 0 }));
    return { url, linesUrl, close: (graceMs) => closeAll(servers, graceMs, ending) };
  } catch (error) {
    await closeAll(servers, 0, ending);
    throw error;
  }
}

async function listen(
  server: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    throw cannotListen(`${host}:${port}`, error);
  }
}

async function closeAll(
  servers: readonly FastifyInstance[],
  graceMs: number,
  ending: AbortController,
): Promise<void> {
  const timer = setTimeout(() => {
    ending.abort(new Error('the server ends'));
    for (const { server } of servers) server.closeAllConnections();
  }, graceMs);
  await Promise.all(servers.map((server) => server.close()));
  clearTimeout(timer);
}

function buildServer(
  { log, authentication }: Pick<ServerParts, 'log' | 'authentication'>,
  answering: Answering,
  routes: readonly Route[],
): FastifyInstance {
  const server = fastify({
    logger: false,
    requestIdHeader: false,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    requestTimeout: 0,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 5 },
    // Answers that began are finished; connections that are idle are closed.
    forceCloseConnections: 'idle',
    // Until no more are taken, those that come are answered.
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAMETER_UNITS },
    frameworkErrors: (error, request, reply) => {
      prepare(request, reply, log);
      refuse(error, { request, reply }, answering);
    },
  });
  server.decorateRequest('grant');
  // Routes read bodies themselves: some are longer than memory.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, payload, done) => {
    done(null, payload);
  });
  server.addHook('onRequest', async (request, reply) => {
    prepare(request, reply, log);
  });
  server.addHook('onResponse', async ({ raw }) => endRest(raw));
  server.setNotFoundHandler(() => {
    throw new Problem('NO_RESOURCE', 'There is no such path; /api/openapi.json lists all.');
  });
  server.setErrorHandler((error, request, reply) => {
    refuse(error, { request, reply }, answering);
  });
  mountRoutes(server, routes, { authentication, answering });
  return server;
}

function answeringOf(
  { reader, primary, deleter, records, topic, deadLetters, log, limits, stop }: ServerParts,
  ending: AbortSignal,
): Answering {
  const inFlight = new BytesInFlight(limits.maxBytesInFlight);
  const publisher = new EntryPublisher({ topic, deadLetters, inFlight });
  const { waitForStored: isUsual, flushIntervalMs } = limits;
  const waits = { isUsual, maxMs: longestWaitMs(flushIntervalMs), stop };
  return {
    reader,
    primary,
    services: { publisher, deleter, records, waits, log },
    gate: new QueryGate({ atOnce: limits.queriesAtOnce, maxWaitMs: limits.queryWaitMs }),
    inFlight,
    limits: { ...limits, maxBytes: limits.maxBodyBytes },
    stop,
    ending,
  };
}

function prepare(request: FastifyRequest, reply: FastifyReply, log: Log): void {
  request.grant = NOBODY;
  reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id });
  logRequest(request, reply, log);
}

/** Whoever goes on sending what nobody reads keeps a connection, and not for ever. */
function endRest(message: IncomingMessage): void {
  if (message.complete) return;
  const timer = setTimeout(() => message.destroy(), REST_TIMEOUT_MS);
  message.once('close', () => {
    clearTimeout(timer);
  });
}

function cannotListen(address: string, error: unknown): LmsError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason = code === 'EADDRINUSE' ? 'another program listens there' : String(error);
  return new LmsError('LISTEN', `cannot listen on ${address}: ${reason}`, { cause: error });
}
