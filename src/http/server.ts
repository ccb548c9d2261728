import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import fastify, {
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { NOBODY } from '../access/grant.ts';
import { LmsError } from '../errors/catalogue.ts';
import { noteRequest } from './access-log.ts';
import { answeringOf } from './answering.ts';
import { compatRoutes, linesAt } from './compat/all.ts';
import { INTAKE_ROUTES } from './intake/all.ts';
import { createHttpServer, silentConnections } from './listening.ts';
import { mountRoutes, refuse } from './mount.ts';
import type { ServerParts, ServerReach } from './parts.ts';
import { registerPlugins } from './plugins.ts';
import { Problem } from './problems.ts';
import { RESOURCES } from './resources/all.ts';
import { ownRoutes } from './resources/own.ts';
import type { Answering } from './respond.ts';
import type { Route } from './route.ts';

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
/** Pages run what this server has and nothing else; nobody frames an answer, takes it for another type or keeps it. */
const SECURITY_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** Serves the API. Rejects with `LmsError` LISTEN if the address cannot be listened on. */
export async function startServer(
  parts: ServerParts,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<RunningServer> {
  const { compat, reach } = parts;
  const ending = new AbortController();
  const answering = answeringOf(parts, ending.signal);
  const routes = [...RESOURCES, ...INTAKE_ROUTES, ...ownRoutes(parts), ...compatRoutes(compat)];
  const server = buildServer(parts, answering, routes);
  const lines =
    compat.accessLogPort === undefined ? undefined : buildServer(parts, answering, linesAt('', compat));
  const servers = [server, ...(lines === undefined ? [] : [lines])];
  try {
    const url = await listen(server, { host, port, reach });
    const linesUrl = lines && (await listen(lines, { host, port: compat.accessLogPort ?? 0, reach }));
    return { url, linesUrl, close: (graceMs) => closeAll(servers, graceMs, ending) };
  } catch (error) {
    await closeAll(servers, 0, ending);
    throw error;
  }
}

async function listen(
  server: FastifyInstance,
  { host, port, reach }: { readonly host: string; readonly port: number; readonly reach: ServerReach },
): Promise<string> {
  try {
    const url = await server.listen({ host, port });
    // Of a server that it did not make, the library does not know that it speaks TLS.
    return reach.tls === undefined ? url : url.replace(/^http:/, 'https:');
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

function buildServer(parts: ServerParts, answering: Answering, routes: readonly Route[]): FastifyInstance {
  const { authentication } = parts;
  const server = fastify(optionsOf(parts, answering));
  server.decorateRequest('grant');
  const endSilent = silentConnections(server.server, parts.reach.tls !== undefined);
  server.addHook('preClose', (done) => {
    endSilent();
    done();
  });
  // Routes read bodies themselves: some are longer than memory.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, payload, done) => {
    done(null, payload);
  });
  server.addHook('onRequest', async (request, reply) => {
    prepare(request, reply, parts);
  });
  registerPlugins(server, parts.reach);
  server.addHook('onResponse', ({ raw }, _reply, done) => {
    endRest(raw);
    done();
  });
  server.setNotFoundHandler(() => {
    throw new Problem('NO_RESOURCE', 'There is no such path; /api/openapi.json lists all.');
  });
  server.setErrorHandler((error, request, reply) => {
    refuse(error, { request, reply }, answering);
  });
  mountRoutes(server, routes, { authentication, answering });
  return server;
}

function optionsOf(parts: ServerParts, answering: Answering): FastifyHttpOptions<Server> {
  const { log, reach } = parts;
  return {
    logger: false,
    requestIdHeader: false,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    serverFactory: (listener) => createHttpServer(listener, HTTP_OPTIONS, { tls: reach.tls, log }),
    trustProxy: reach.trustProxy.length > 0 ? [...reach.trustProxy] : false,
    // Answers that began are finished; connections that are idle are closed.
    forceCloseConnections: 'idle',
    // Until no more are taken, those that come are answered.
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAMETER_UNITS },
    frameworkErrors: (error, request, reply) => {
      prepare(request, reply, parts);
      refuse(error, { request, reply }, answering);
    },
  };
}

function prepare(
  request: FastifyRequest,
  reply: FastifyReply,
  told: Pick<ServerParts, 'log' | 'events'>,
): void {
  request.grant = NOBODY;
  reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id });
  noteRequest(request, reply, told);
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
