import type { FastifyRequest } from 'fastify';
import { Problem } from './problems.ts';

/** Whether a method changes nothing. */
function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

/**
 * A browser sends what stands for its user with requests that somebody else's page made: what changes something
 * is refused then. Every browser says of such a request where it comes from; with `mustSay`, what does not say
 * it is refused, too. `origins`: pages that are trusted besides our own.
 */
export function requireOwnPage(
  { method, headers, host }: Pick<FastifyRequest, 'method' | 'headers' | 'host'>,
  { mustSay, origins }: { readonly mustSay: boolean; readonly origins: readonly string[] },
): void {
  if (isSafe(method)) return;
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (origin !== undefined && origins.includes(origin)) return;
  const isOwn =
    site === undefined
      ? origin === undefined
        ? !mustSay
        : URL.parse(origin)?.host === host
      : site === 'same-origin';
  if (isOwn) return;
  throw new Problem('ORIGIN', 'The page that asks for this is not one of this server.');
}
