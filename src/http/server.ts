import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import fastifyCors, { type FastifyCorsOptions } from '@fastify/cors';
import fastifyRateLimit from '@fastify/rate-limit';
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
import { createHttpServer, type TlsFiles } from './listening.ts';
import { mountRoutes, refuse } from './mount.ts';
import { Problem } from './problems.ts';
import { EntryPublisher } from './publishing.ts';
import { QueryGate } from './query-gate.ts';
import { RESOURCES } from './resources/all.ts';
import { ownRoutes } from './resources/own.ts';
import type { Answering } from './respond.ts';
import { METHODS } from './route.ts';

/** What a server is made of. */
export interface ServerParts {
  readonly reader: EntryReader;
  readonly deleter: EntryDeleter;
  readonly records: ServerRecords;
  readonly topic: Publisher;
  readonly deadLetters: DeadLetters;
  readonly authentication: Authentication;
  readonly log: Log;
  readonly release: string;
  readonly limits: ServerLimits;
  readonly reach: ServerReach;
  /** Aborted, questions are answered with what was found so far, and it is not ready any more. */
  readonly stop: AbortSignal;
}

/** By whom it is reached, and how. */
export interface ServerReach {
  readonly tls?: TlsFiles | undefined;
  /** Origins of pages that may ask. */
  readonly corsOrigins: readonly string[];
  /** Addresses whose `X-Forwarded-…` is believed. */
  readonly trustProxy: readonly string[];
}

/** How much it takes on. */
export interface ServerLimits {
  readonly queryTimeBudgetMs: number;
  readonly queryRowBudget: number;
  readonly queriesAtOnce: number;
  /** Of one token. */
  readonly queriesAtOncePerToken: number;
  readonly queryWaitMs: number;
  /** Of a body that is read whole. */
  readonly maxBodyBytes: number;
  /** What all requests together hold in memory of what was sent. */
  readonly maxBytesInFlight: number;
}

/** A server that listens. */
export interface RunningServer {
  readonly url: string;
  /** Takes nothing new, and finishes what it has for so long; what is left then is cut off. */
  close(graceMs: number): Promise<void>;
}

/** The headers of a request have to be there within this time; bodies may take longer, see `RequestBody`. */
const HEADERS_TIMEOUT_MS = 15_000;
/** Longer than load balancers keep theirs, which would send to a connection that ends. */
const KEEP_ALIVE_MS = 620_000;
const HTTP_OPTIONS = {
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: 0,
  keepAliveTimeout: KEEP_ALIVE_MS,
  connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 5,
};
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
  const ending = new AbortController();
  const server = buildServer(parts, ending.signal);
  let url: string;
  try {
    const listening = await server.listen({ host, port });
    // Of a server that it did not make, the library does not know that it speaks TLS.
    url = parts.reach.tls === undefined ? listening : listening.replace(/^http:/, 'https:');
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
  const { log, authentication, reach } = parts;
  const answering = answeringOf(parts, ending);
  const server = fastify({
    logger: false,
    requestIdHeader: false,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    requestTimeout: 0,
    serverFactory: (listener) => createHttpServer(listener, HTTP_OPTIONS, { tls: reach.tls, log }),
    trustProxy: reach.trustProxy.length > 0 ? [...reach.trustProxy] : false,
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
  leaveBodies(server);
  server.addHook('onRequest', async (request, reply) => {
    prepare(request, reply, log);
  });
  registerPlugins(server, reach);
  server.addHook('onResponse', async ({ raw }) => endRest(raw));
  server.setNotFoundHandler(() => {
    throw new Problem('NO_RESOURCE', 'There is no such path; /api/openapi.json lists all.');
  });
  server.setErrorHandler((error, request, reply) => {
    refuse(error, { request, reply }, answering);
  });
  const routes = [...RESOURCES, ...ownRoutes(parts)];
  mountRoutes(server, routes, { authentication, answering });
  return server;
}

/** Routes read bodies themselves: some are longer than memory. */
function leaveBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, payload, done) => {
    done(null, payload);
  });
}

function registerPlugins(server: FastifyInstance, { corsOrigins }: ServerReach): void {
  // Limits are counted where somebody is told apart: see `Authentication`.
  void server.register(fastifyRateLimit, { global: false });
  if (corsOrigins.length > 0) void server.register(fastifyCors, corsOptions(corsOrigins));
}

/** Without cookies: whoever asks from another page shows a token. */
function corsOptions(origins: readonly string[]): FastifyCorsOptions {
  return {
    origin: [...origins],
    methods: [...METHODS],
    allowedHeaders: [
      'authorization',
      'x-auth-token',
      'content-type',
      'idempotency-key',
      'prefer',
      'x-request-id',
    ],
    exposedHeaders: [
      'lms-complete',
      'lms-next',
      'lms-previous',
      'lms-searched-to',
      'retry-after',
      'x-request-id',
    ],
    maxAge: 600,
  };
}

function answeringOf(
  { reader, deleter, records, topic, deadLetters, log, limits, stop }: ServerParts,
  ending: AbortSignal,
): Answering {
  const inFlight = new BytesInFlight(limits.maxBytesInFlight);
  return {
    reader,
    services: { publisher: new EntryPublisher({ topic, deadLetters, inFlight }), deleter, records, log },
    gate: new QueryGate({
      atOnce: limits.queriesAtOnce,
      atOncePerKey: limits.queriesAtOncePerToken,
      maxWaitMs: limits.queryWaitMs,
    }),
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
