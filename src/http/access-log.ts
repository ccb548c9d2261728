import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../pipeline/ports.ts';

/**
 * A line for every request once it is over: by its route, never by its path, its query or its headers, which
 * may hold what nobody else should read.
 */
export function logRequest(request: FastifyRequest, { raw }: FastifyReply, log: Log): void {
  const startMs = performance.now();
  raw.once('close', () => {
    const fields = {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: raw.statusCode,
      // Otherwise whoever asked has gone before the end.
      finished: raw.writableFinished,
      ms: Math.round((performance.now() - startMs) * 10) / 10,
      address: request.ip,
      by: request.grant.name,
    };
    log.info(fields, 'request');
  });
}
