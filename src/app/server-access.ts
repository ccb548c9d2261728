import { LastUse } from '../access/last-use.ts';
import type { ServerRecords } from '../access/records.ts';
import { TokenBook } from '../access/token-book.ts';
import type { Settings } from '../config/settings.ts';
import { LmsError } from '../errors/catalogue.ts';
import { type Authentication, type IdentityHeader, TokenAuthentication } from '../http/authentication.ts';
import { isLoopback } from '../http/hosts.ts';
import type { ServerReach } from '../http/parts.ts';
import { addressMatcher } from '../http/trusted-addresses.ts';
import { systemClock } from '../pipeline/clock.ts';
import type { Log } from '../pipeline/ports.ts';

/**
 * Who may ask a server, by its settings and the tokens that there are. `isOpen`: there are none yet, so that
 * everybody on this machine may. Rejects with `LmsError`: SETTINGS where others would reach such a server, or
 * that the database does not say which tokens there are.
 */
export async function authenticationOf({
  settings,
  records,
  log,
}: {
  readonly settings: Settings;
  readonly records: ServerRecords;
  readonly log: Log;
}): Promise<{ readonly authentication: Authentication; readonly isOpen: boolean }> {
  const { serveHost: host, rootToken, tokenRequestsPerMinute: requestsPerMinute } = settings;
  const { corsOrigins: origins = [] } = settings;
  const book = new TokenBook(records, now);
  const identity = identityOf(settings);
  const needsTokens = rootToken === undefined && identity === undefined;
  const mayBeOpen = needsTokens && isLoopback(host);
  const isEmpty = needsTokens && (await book.isEmpty());
  if (isEmpty && !mayBeOpen) throw everybodyCould(host);
  const lastUse = new LastUse(records, log, now);
  const parts = { book, lastUse, rootToken, identity, mayBeOpen, requestsPerMinute, origins };
  return { authentication: new TokenAuthentication(parts), isOpen: isEmpty };
}

/** By whom a server is reached, by its settings. */
export function reachOf({
  tlsCert: cert,
  tlsKey: key,
  corsOrigins = [],
  trustProxy = [],
}: Settings): ServerReach {
  const tls = cert === undefined || key === undefined ? undefined : { cert, key };
  return { tls, corsOrigins, trustProxy };
}

function identityOf({
  identityHeader,
  identityScopes,
  trustProxy = [],
}: Settings): IdentityHeader | undefined {
  if (identityHeader === undefined) return undefined;
  return { name: identityHeader, scopes: identityScopes, isTrusted: addressMatcher(trustProxy) };
}

const now = () => systemClock.now();

/** Whoever reaches an open server reads everything. */
function everybodyCould(host: string): LmsError {
  return new LmsError(
    'SETTINGS',
    `SERVE_HOST: '${host}' can be reached from other machines, and without tokens everybody there could read: make one (lms token create), set ROOT_TOKEN, or let it be 127.0.0.1, ::1 or localhost`,
  );
}
