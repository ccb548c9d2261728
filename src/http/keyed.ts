import { hash } from 'node:crypto';
import * as z from 'zod';
import { Problem } from './problems.ts';
import type { Answer, HttpRequest } from './route.ts';

/** What a request is known by that may be sent again. */
export interface RequestKey {
  /** 64 hex digits: of who sent it, where to, and its `Idempotency-Key`. */
  readonly key: string;
  /** When it first came, as a column holds it: what has no time of its own has this one, every time. */
  readonly firstAt: string;
}

/** Where a request goes, and what it carries. */
export interface KeyedTarget {
  /** Tells places apart where the same key means another request: `POST /messages`. */
  readonly place: string;
  /** SHA-256 in hex of the body as it was sent, unpacked. */
  readonly bodyHash: string;
}

/** An answer that is kept: whole, and in text. */
const KEPT = z.object({
  status: z.int(),
  contentType: z.string(),
  body: z.string(),
  headers: z.record(z.string(), z.string()),
});

const KEY = /^[\x20-\x7e]{1,255}$/;

/**
 * Does what a request asks for once, however often it is sent with the same `Idempotency-Key`: who comes again
 * gets the first answer. `work` may run more than once, if a first try ended before its answer was noted, or two
 * come at the same time: what it publishes then has to be the same by `RequestKey`. Without the header it runs
 * without a key. Throws REQUEST for a key that is none, CONFLICT for one that came with another body, and as
 * `work` does.
 */
export async function keyed(
  request: Pick<HttpRequest, 'headers' | 'grant' | 'services'>,
  { place, bodyHash }: KeyedTarget,
  work: (key: RequestKey | undefined) => Promise<Answer>,
): Promise<Answer> {
  const { headers, grant, services } = request;
  const given = headers['idempotency-key'];
  if (given === undefined) return work(undefined);
  if (typeof given !== 'string' || !KEY.test(given))
    throw new Problem('REQUEST', 'Idempotency-Key: it should be 1 to 255 printable characters of ASCII.');
  const key = hash('sha256', JSON.stringify([grant.tokenId ?? grant.name, place, given]), 'hex');
  const known = await services.records.begin(key, bodyHash);
  if (known.bodyHash !== bodyHash)
    throw new Problem(
      'CONFLICT',
      'This Idempotency-Key came with another body before: a new request needs a new one.',
    );
  if (known.answer !== undefined) return KEPT.parse(JSON.parse(known.answer));
  const answer = await work({ key, firstAt: known.firstAt });
  await keep(answer, key, request);
  return answer;
}

/** What could not be kept is done again, under the same key, and adds nothing. */
async function keep(
  { status = 200, contentType, body, headers = {} }: Answer,
  key: string,
  { services }: Pick<HttpRequest, 'services'>,
): Promise<void> {
  if (typeof body !== 'string' || status >= 300) return;
  try {
    await services.records.finish(key, JSON.stringify({ status, contentType, body, headers }));
  } catch (err) {
    services.log.warn({ err }, 'the answer to a request with an Idempotency-Key was not kept');
  }
}
