import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { type Grant, OPEN, type Scope, SCOPES } from '../access/grant.ts';
import type { LastUse } from '../access/last-use.ts';
import type { TokenBook } from '../access/token-book.ts';
import { type Credentials, credentialsOf, sessionCookie } from './credentials.ts';
import { hostOf, isLoopback } from './hosts.ts';
import { Problem } from './problems.ts';
import type { Route } from './route.ts';
import { requireOwnPage } from './same-origin.ts';

/** Tells who asks. */
export interface Authentication {
  /** Throws TOKEN, HOST, ORIGIN or TOO_MANY_REQUESTS, and `LmsError` if the database does not say it. */
  grantOf(request: FastifyRequest, route: Pick<Route, 'token'>): Promise<Grant>;
  /** Whether whoever was given this would be given the same now. Never rejects. */
  isStill(grant: Grant): Promise<boolean>;
}

/** A header in which a proxy says who asks. */
export interface IdentityHeader {
  /** In lower case. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Whether whoever is connected from this address is believed. */
  readonly isTrusted: (address: string | undefined) => boolean;
}

/** See `TokenAuthentication`. */
export interface AuthenticationParts {
  readonly book: TokenBook;
  readonly lastUse: LastUse;
  /** A token that has all scopes, whatever the database says. */
  readonly rootToken?: string | undefined;
  readonly identity?: IdentityHeader | undefined;
  /** Whether everybody on this machine may do everything for as long as there is no token. */
  readonly mayBeOpen: boolean;
  /** Of a token; absent: as many as it likes. */
  readonly requestsPerMinute?: number | undefined;
  /** Of pages that may ask, too. */
  readonly origins: readonly string[];
}

/** Wrong tokens that an address may show in a minute. */
const FAILURES_PER_MINUTE = 10;
const MINUTE_MS = 60_000;
const MAX_NAME = 100;

type Limiter = ReturnType<FastifyRequest['server']['createRateLimit']>;

/**
 * By tokens, or by what a trusted proxy says. Where there is no token at all: whoever is on this machine, and
 * calls the server by its name here.
 */
export class TokenAuthentication implements Authentication {
  readonly #parts: AuthenticationParts;
  #failures: Limiter | undefined;
  #requests: Limiter | undefined;

  constructor(parts: AuthenticationParts) {
    this.#parts = parts;
  }

  async grantOf(request: FastifyRequest, { token }: Pick<Route, 'token'>): Promise<Grant> {
    const { book, mayBeOpen, origins } = this.#parts;
    if (mayBeOpen && (await book.isEmpty())) {
      requireOwnHost(request);
      requireOwnPage(request, { mustSay: false, origins });
      return OPEN;
    }
    const given = credentialsOf(request.headers);
    if (given !== undefined) return this.#ofToken(request, given);
    const identity = await this.#ofIdentity(request);
    if (identity !== undefined) return identity;
    if (token !== undefined) {
      requireOwnPage(request, { mustSay: false, origins });
      return this.#ofToken(request, { secret: token, kind: 'header' });
    }
    throw tokenNeeded('This takes a token: as X-Auth-Token, Authorization: Bearer, or a password of Basic.');
  }

  async isStill(grant: Grant): Promise<boolean> {
    const { book } = this.#parts;
    try {
      if (grant === OPEN) return await book.isEmpty();
      if (grant.tokenId !== undefined) return isEqual(await book.ofId(grant.tokenId), grant);
      return isEqual({ ...grant, hidden: await book.hidden() }, grant);
    } catch {
      // The database has not answered for so long that nothing can be relied on.
      return false;
    }
  }

  async #ofToken(request: FastifyRequest, { secret, kind }: Credentials): Promise<Grant> {
    if (kind === 'session') requireOwnPage(request, { mustSay: true, origins: [] });
    const { book, lastUse, requestsPerMinute } = this.#parts;
    const grant = (await book.known(secret)) ?? (await this.#lookUp(request, { secret, kind }));
    request.grant = grant;
    if (grant.tokenId !== undefined) lastUse.note(grant.tokenId);
    if (requestsPerMinute !== undefined) await this.#count(request, requestsPerMinute);
    return grant;
  }

  /** Whoever has guessed too often is not even told whether this one is right. */
  async #lookUp(request: FastifyRequest, { secret, kind }: Credentials): Promise<Grant> {
    this.#failures ??= request.server.createRateLimit({ max: FAILURES_PER_MINUTE, timeWindow: MINUTE_MS });
    const before = await this.#failures(request, { increment: false });
    if (!before.isAllowed && before.remaining === 0) throw tooManyWrong(before.ttlInSeconds);
    const { book, rootToken } = this.#parts;
    if (rootToken !== undefined && isSame(secret, rootToken)) return allScopes('root', await book.hidden());
    const found = await book.find(secret);
    if (found !== undefined) return found;
    await this.#failures(request);
    // A browser would show it again with every request, each of them a wrong one.
    const ended = kind === 'session' && {
      'set-cookie': sessionCookie(undefined, request.protocol === 'https'),
    };
    throw tokenNeeded('There is no such token, or it was revoked, or its time is over.', ended || {});
  }

  async #count(request: FastifyRequest, max: number): Promise<void> {
    this.#requests ??= request.server.createRateLimit({
      max,
      timeWindow: MINUTE_MS,
      keyGenerator: ({ grant }) => grant.tokenId ?? grant.name,
    });
    const counted = await this.#requests(request);
    if (counted.isAllowed || !counted.isExceeded) return;
    throw tooMany(`A token has ${max} requests a minute here.`, counted.ttlInSeconds);
  }

  async #ofIdentity(request: FastifyRequest): Promise<Grant | undefined> {
    const { identity, book, origins } = this.#parts;
    if (!identity?.isTrusted(request.raw.socket.remoteAddress)) return undefined;
    const name = request.headers[identity.name];
    if (typeof name !== 'string' || name === '') return undefined;
    requireOwnPage(request, { mustSay: false, origins });
    return { ...allScopes(name.slice(0, MAX_NAME), await book.hidden()), scopes: identity.scopes };
  }
}

function allScopes(name: string, hidden: readonly string[]): Grant {
  return { name, scopes: SCOPES, prefix: '', hidden };
}

/** Whether two let their bearers see the same. */
function isEqual(one: Grant | undefined, other: Grant): boolean {
  if (one === undefined) return false;
  const shown = ({ scopes, services, prefix, hidden }: Grant) =>
    JSON.stringify([scopes, services ?? null, prefix, hidden.toSorted()]);
  return shown(one) === shown(other);
}

/** Takes the same time for every secret. */
function isSame(one: string, other: string): boolean {
  const [digest, expected] = [one, other].map((each) => createHash('sha256').update(each).digest());
  return digest !== undefined && expected !== undefined && timingSafeEqual(digest, expected);
}

function tokenNeeded(message: string, headers: Readonly<Record<string, string>> = {}): Problem {
  return new Problem('TOKEN', message, {
    headers: { 'www-authenticate': 'Bearer realm="LMS"', ...headers },
  });
}

function tooManyWrong(seconds: number): Problem {
  return tooMany('Too many wrong tokens came from this address.', seconds);
}

function tooMany(message: string, seconds: number): Problem {
  return new Problem('TOO_MANY_REQUESTS', message, {
    headers: { 'retry-after': String(Math.max(1, seconds)) },
  });
}

/** What proxies add to requests that they pass on: whoever sent those is not on this machine. */
const OF_PROXIES = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/** A page that somebody else made, opened here, would reach us under its own name. */
function requireOwnHost({ headers }: FastifyRequest): void {
  const host = hostOf(headers.host);
  const isDirect = OF_PROXIES.every((name) => headers[name] === undefined);
  if (host !== undefined && isLoopback(host) && isDirect) return;
  throw new Problem('HOST', 'Without tokens, this server answers on this machine alone: as localhost.');
}
