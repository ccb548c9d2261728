import type { Instant } from '../../logs/message.ts';
import type { RequestKey } from '../keyed.ts';
import type { HttpRequest } from '../route.ts';
import { bodyIdentity, keyIdentity } from './identity.ts';

/** What tells a request from all others, and when it first came. */
export interface RequestOrigin {
  readonly time: Instant;
  /** Of the whole body, or of a piece of it: what ids are made of. */
  readonly identityOf: (body: Uint8Array) => string;
}

/**
 * Where a request comes from. One with a key has the time of the first that came with it. `scope`: what else
 * its ids depend on.
 */
export function originOf(
  { grant, nowMs }: Pick<HttpRequest, 'grant' | 'nowMs'>,
  scope: readonly string[],
  key: RequestKey | undefined,
): RequestOrigin {
  if (key === undefined) {
    const where = [grant.prefix, ...scope];
    return { time: instantOf(nowMs), identityOf: (piece) => bodyIdentity(where, piece) };
  }
  const identity = keyIdentity(key);
  // The first piece of a long body begins with the key; those after it are told apart by their places.
  return { time: instantOfColumn(key.firstAt), identityOf: () => identity };
}

/** A time in milliseconds since 1970. */
function instantOf(ms: number): Instant {
  const seconds = Math.floor(ms / 1_000);
  return { seconds, nanos: (ms - seconds * 1_000) * 1_000_000 };
}

/** A time as a column holds it. */
function instantOfColumn(time: string): Instant {
  const seconds = Date.parse(`${time.slice(0, 10)}T${time.slice(11, 19)}Z`) / 1_000;
  return { seconds, nanos: Number(time.slice(20, 26).padEnd(6, '0')) * 1_000 };
}
