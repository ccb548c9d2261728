import { hash } from 'node:crypto';
import * as z from 'zod';
import { Problem } from './problems.ts';
import type { Answer, HttpRequest } from './route.ts';
import type { PublishedKey } from './stored-wait.ts';

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
  readonly bodyHash: () => string;
  /** Of one of which that is the beginning alone: the same of the whole, once all of it has come. */
  readonly wholeHash?: (() => Promise<string>) | undefined;
}

/** What became of a request that brought entries: it will not be lost. */
export interface Done {
  readonly answer: Answer;
  /** Of the entries, if they are few enough to be waited for. */
  readonly keys: readonly PublishedKey[];
}

/** An answer that is kept: whole, and in text. */
const KEPT = z.object({
  status: z.int(),
  contentType: z.string(),
  body: z.string(),
  headers: z.record(z.string(), z.string()),
  keys: z.array(
    z.object({ timestamp: z.string(), eventId: z.string(), isDiscarded: z.literal(true).optional() }),
  ),
  wholeHash: z.string().optional(),
});

const KEY = /^[\x20-\x7e]{1,255}$/;
/**
 * What has more is not kept. It is room for a thousand entries with a hundred refusals, and far below what a
 * column holds and a database takes in one packet.
 */
const MAX_KEPT_BYTES = 1024 * 1024;

/**
 * Does what a request asks for once, however often it is sent with the same `Idempotency-Key`: who comes again
 * gets the first answer. `work` may run more than once, if a first try ended before its answer was kept, the
 * answer is long, or two come at the same time: what it publishes then has to be the same by `RequestKey`.
 * Without the header it runs without a key. Throws REQUEST for a key that is none, CONFLICT for one that came
 * with another body, DATABASE_…, and as `work` does.
 */
export async function keyed(
  request: Pick<HttpRequest, 'headers' | 'grant' | 'services'>,
  target: KeyedTarget,
  work: (key: RequestKey | undefined) => Promise<Done>,
): Promise<Done> {
  const { headers, grant, services } = request;
  const given = headers['idempotency-key'];
  if (given === undefined) return work(undefined);
  if (typeof given !== 'string' || !KEY.test(given))
    throw new Problem('REQUEST', 'Idempotency-Key: it should be 1 to 255 printable characters of ASCII.');
  const sender = [grant.tokenId ?? grant.name, grant.prefix];
  const key = hash('sha256', JSON.stringify([...sender, target.place, given]), 'hex');
  const bodyHash = target.bodyHash();
  const known = await services.records.begin(key, bodyHash);
  if (known.bodyHash !== bodyHash) throw otherBody();
  if (known.answer !== undefined) {
    const { keys, wholeHash, ...answer } = KEPT.parse(JSON.parse(known.answer));
    if ((await target.wholeHash?.()) !== wholeHash) throw otherBody();
    return { answer, keys };
  }
  const done = await work({ key, firstAt: known.firstAt });
  await keep(done, { key, wholeHash: await target.wholeHash?.() }, services);
  return done;
}

function otherBody(): Problem {
  return new Problem(
    'CONFLICT',
    'This Idempotency-Key came with another body before: a new request needs a new one.',
  );
}

/** What is not kept is done again, under the same key, and adds nothing. */
async function keep(
  { answer, keys }: Done,
  { key, wholeHash }: { readonly key: string; readonly wholeHash: string | undefined },
  { records, log }: HttpRequest['services'],
): Promise<void> {
  const { status = 200, contentType, body, headers = {} } = answer;
  const text = typeof body === 'string' ? body : undefined;
  if (text === undefined || status >= 300) return;
  const kept = JSON.stringify({ status, contentType, body: text, headers, keys, wholeHash });
  if (Buffer.byteLength(kept) > MAX_KEPT_BYTES) return;
  try {
    await records.finish(key, kept);
  } catch (err) {
    log.warn({ err }, 'the answer to a request with an Idempotency-Key was not kept');
  }
}
