import fastifyCors, { type FastifyCorsOptions } from '@fastify/cors';
import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import type { ServerReach } from './parts.ts';
import { METHODS } from './route.ts';

/** What libraries do for a server: who asks too often, and which pages may ask. */
export function registerPlugins(server: FastifyInstance, { corsOrigins }: ServerReach): void {
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
      'last-event-id',
    ],
    exposedHeaders: [
      'lms-complete',
      'lms-next',
      'lms-previous',
      'lms-cost',
      'lms-searched-to',
      'retry-after',
      'x-request-id',
    ],
    maxAge: 600,
  };
}
