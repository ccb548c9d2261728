import { stateOf } from '../access/new-token.ts';
import type { TokenRecord } from '../access/records.ts';
import { rfc3339 } from '../logs/entry-json.ts';

/** A token as programs see it: never with its secret or the hash of it. */
export function tokenReport(token: TokenRecord, now: string) {
  const { id, name, scopes, services, namespace, createdAt, expiresAt, lastUsedAt, revokedAt } = token;
  return {
    id,
    name,
    state: stateOf(token, now),
    scopes: [...scopes],
    services: services === undefined ? null : [...services],
    namespace: namespace === '' ? null : namespace,
    createdAt: rfc3339(createdAt),
    expiresAt: timeOrNull(expiresAt),
    lastUsedAt: timeOrNull(lastUsedAt),
    revokedAt: timeOrNull(revokedAt),
  };
}

function timeOrNull(time: string | undefined): string | null {
  return time === undefined ? null : rfc3339(time);
}
