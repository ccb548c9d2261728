import type { FastifyRequest } from 'fastify';
import { type Grant, OPEN } from '../access/grant.ts';
import { hostOf, isLoopback } from './hosts.ts';
import { Problem } from './problems.ts';

/** Tells who asks. */
export interface Authentication {
  /** Throws TOKEN, HOST or TOO_MANY_REQUESTS. */
  grantOf(request: FastifyRequest): Promise<Grant>;
}

/** Without tokens: whoever is on this machine, and calls the server by its name here. */
export const openHere: Authentication = {
  grantOf(request) {
    requireOwnHost(request);
    return Promise.resolve(OPEN);
  },
};

/** A page that somebody else made, opened here, would reach us under its own name. */
function requireOwnHost({ headers }: FastifyRequest): void {
  const host = hostOf(headers.host);
  if (host !== undefined && isLoopback(host)) return;
  throw new Problem('HOST', 'Without tokens, this server answers on this machine alone: as localhost.');
}
