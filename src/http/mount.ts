import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Grant, mayUse } from '../access/grant.ts';
import type { Log } from '../pipeline/ports.ts';
import type { Authentication } from './authentication.ts';
import { Problem, problemOf } from './problems.ts';
import { RequesterGone } from './request-signal.ts';
import { type Answering, respondTo, send } from './respond.ts';
import type { Answer, Method, Route } from './route.ts';

const ALL_METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const;

/** Lets a server answer at the paths of routes. */
export function mountRoutes(
  server: FastifyInstance,
  routes: readonly Route[],
  { authentication, answering }: { readonly authentication: Authentication; readonly answering: Answering },
): void {
  for (const route of routes)
    server.route({
      method: route.method,
      url: urlOf(route),
      config: { route },
      onRequest: async (request) => {
        if (route.scope === undefined) return;
        request.grant = await authentication.grantOf(request, route);
        requireScope(request, route);
      },
      handler: (request, reply) => respondTo({ request, reply }, route, answering),
    });
  for (const [url, ofPath] of Map.groupBy(routes, urlOf)) refuseOthers(server, url, ofPath);
}

/** As Fastify writes a path. */
function urlOf({ path }: Route): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function requireScope({ grant }: FastifyRequest, { scope }: Route): void {
  if (scope === undefined || mayUse(grant, scope)) return;
  throw new Problem('SCOPE', `This takes the scope ${scope}, which the token ${grant.name} does not have.`);
}

/** Before a body is looked at. */
function refuseOthers(server: FastifyInstance, url: string, routes: readonly Route[]): void {
  const methods: readonly Method[] = routes.map(({ method }) => method);
  const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  const [route] = routes;
  server.route({
    method: ALL_METHODS.filter((method) => !methods.some((each) => each === method)),
    url,
    config: route === undefined ? {} : { route },
    onRequest: () => {
      throw new Problem('METHOD', `What there is here: ${allowed}.`, { headers: { allow: allowed } });
    },
    handler: () => undefined,
  });
}

/** Answers with a problem, as the route of the request does. */
export function refuse(
  error: unknown,
  exchange: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  { services }: Pick<Answering, 'services'>,
): void {
  const { request, reply } = exchange;
  const problem = problemOf(error);
  // A page that asks anew gives up what it asked before: that is no fault, and nothing to report.
  if (!(error instanceof RequesterGone)) report(error, problem, { requestId: request.id, log: services.log });
  const route = request.routeOptions.config.route;
  const answer: Answer = route?.refuse?.(problem, { headers: request.headers, requestId: request.id }) ?? {
    status: problem.status,
    contentType: 'application/problem+json; charset=utf-8',
    body: problem.body(request.id),
  };
  // What is in pieces cannot be sent twice.
  if (reply.sent) return;
  void send({ ...answer, headers: { ...problem.headers, ...answer.headers } }, exchange, services);
}

function report(
  error: unknown,
  problem: Problem,
  { requestId, log }: { readonly requestId: string; readonly log: Log },
): void {
  if (problem.status >= 500 && problem !== error) log.error({ requestId, err: error }, 'a request failed');
  else if (problem.cause !== undefined) log.warn({ requestId, err: problem.cause }, 'a request was refused');
}

declare module 'fastify' {
  interface FastifyRequest {
    grant: Grant;
  }
  interface FastifyContextConfig {
    route?: Route;
  }
}
