import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { millisecondsOf } from '../query/answers/processes.ts';
import type { Scope } from './grant.ts';
import type { TokenRecord, TokenRecords } from './records.ts';

/** What a token is to be. */
export interface TokenWish {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly services?: readonly string[] | undefined;
  readonly namespace: string;
  /** From now on; absent: it does not end. */
  readonly validForMs?: number | undefined;
}

export const MAX_NAME_LENGTH = 100;
/** Letters, digits and what stands between them: a name of a service begins with it and a slash. */
export const NAMESPACE = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,49}$/u;
const LENGTHS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
/** A thousand years. */
const MAX_MS = 365_000 * 86_400_000;

/** A length of time such as `90d` or `12h`, in milliseconds; undefined if it is none. */
export function parseLength(text: string): number | undefined {
  const [, count = '', unit = ''] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  const unitMs = Object.entries(LENGTHS_MS).find(([name]) => name === unit)?.[1];
  const ms = Number(count) * (unitMs ?? 0);
  return ms > 0 && ms <= MAX_MS ? ms : undefined;
}

/**
 * Makes a token of 256 bits, of which the hash alone is kept: resolves to what is kept, and to the secret, which
 * nobody can tell again. Rejects with `LmsError`.
 */
export async function makeToken(
  records: Pick<TokenRecords, 'tokens' | 'addToken'>,
  { validForMs, ...wish }: TokenWish,
): Promise<{ readonly secret: string; readonly token: TokenRecord }> {
  const secret = `lms_${randomBytes(32).toString('base64url')}`;
  // Ends by the database's clock, as it is looked at.
  const { now } = await records.tokens();
  const expiresAt = validForMs === undefined ? undefined : columnTime(millisecondsOf(now) + validForMs);
  const token = { ...wish, id: randomUUID(), expiresAt };
  await records.addToken(token, hashOf(secret));
  return { secret, token: { ...token, createdAt: now, lastUsedAt: undefined, revokedAt: undefined } };
}

/** What is kept of a secret: SHA-256 in hex. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** What becomes of a token. */
export function stateOf({ revokedAt, expiresAt }: TokenRecord, now: string): 'valid' | 'revoked' | 'expired' {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt !== undefined && expiresAt <= now ? 'expired' : 'valid';
}

function columnTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23).replace('T', ' ')}000`;
}
