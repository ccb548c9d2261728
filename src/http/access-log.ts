import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../pipeline/ports.ts';
import type { ServerEvents } from './server-events.ts';

/**
 * Tells the metrics of every request once it is over, and writes a line: by its route, never by its path, its query or its headers, which
 * may hold what nobody else should read.
 */
export function noteRequest(
  request: FastifyRequest,
  { raw }: FastifyReply,
  { log, events }: { readonly log: Log; readonly events: ServerEvents },
): void {
  const startMs = performance.now();
  raw.once('close', () => {
    const { method } = request;
    const { url: route = 'none' } = request.routeOptions;
    const { statusCode: status } = raw;
    const tookMs = performance.now() - startMs;
    events.answered({ method, route, status, tookMs });
    const fields = {
      requestId: request.id,
      method,
      route,
      status,
      // Otherwise whoever asked has gone before the end.
      finished: raw.writableFinished,
      ms: Math.round(tookMs * 10) / 10,
      address: request.ip,
      // Who asked, never by what. Not `token`: what is called so is never shown.
      by: request.grant.name,
    };
    log.info(fields, 'request');
  });
}
