import { hash } from 'node:crypto';
import type { Instant } from '../../logs/message.ts';
import { Problem } from '../problems.ts';
import type { HttpRequest } from '../route.ts';
import { bodyIdentity, keyIdentity } from './identity.ts';

const LONGEST_KEY = 255;

/** What tells a request from all others, and when it first came. */
export interface RequestOrigin {
  readonly time: Instant;
  /** Of the whole body, or of a piece of it: what ids are made of. */
  readonly identityOf: (body: Uint8Array) => string;
  /** What the same request was answered with before; absent: it was not, or has no key. */
  readonly answer: string | undefined;
  /** Notes what a request with a key is answered with. */
  readonly finish: (answer: string) => Promise<void>;
}

/**
 * Where a request comes from. One with an `Idempotency-Key` has the time of the first that came with it, for
 * a day. `scope`: what else its ids depend on. `body`: all of it, or the first piece. Throws CONFLICT if the
 * key came with another body; REQUEST; DATABASE_….
 */
export async function originOf(
  { headers, grant, nowMs, services }: Pick<HttpRequest, 'headers' | 'grant' | 'nowMs' | 'services'>,
  scope: readonly string[],
  body: Uint8Array,
): Promise<RequestOrigin> {
  const where = [grant.prefix, ...scope];
  const key = headers['idempotency-key'];
  if (key === undefined || key === '')
    return {
      time: instantOf(nowMs),
      identityOf: (piece) => bodyIdentity(where, piece),
      answer: undefined,
      finish: () => Promise.resolve(),
    };
  if (typeof key !== 'string' || key.length > LONGEST_KEY)
    throw new Problem('REQUEST', `Idempotency-Key: it should have at most ${LONGEST_KEY} characters.`);
  const { records, log } = services;
  const owner = grant.tokenId ?? grant.name;
  const stored = hash('sha256', JSON.stringify([owner, ...where, key]));
  const bodyHash = hash('sha256', body);
  const known = await records.begin(stored, bodyHash);
  if (known.bodyHash !== bodyHash) throw otherBody();
  const identity = keyIdentity([owner, ...where], key);
  return {
    time: instantOfColumn(known.firstAt),
    // The first piece of a long body begins with the key; those after it are told apart by their places.
    identityOf: () => identity,
    answer: known.answer,
    async finish(answer) {
      try {
        await records.finish(stored, answer);
      } catch (err) {
        // All is published: the same request again is worked on again, and counts once.
        log.warn({ err }, 'the answer to a request with a key was not kept');
      }
    },
  };
}

/** The refusal of a key that came with another body. */
export function otherBody(): Problem {
  return new Problem('CONFLICT', 'Idempotency-Key: another body came with it before.');
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
