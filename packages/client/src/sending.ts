import { backoffMs } from '../../../src/pipeline/backoff.ts';
import { pause, systemClock } from '../../../src/pipeline/clock.ts';
import { LmsProblem } from './problem.ts';
import { answerTo, type Connection, readJson } from './transport.ts';
import type { Answer, NewEntry, SendOptions, Sent } from './types.ts';

const RETRY_FOR_MS = 30_000;
const BACKOFF = { baseMs: 500, capMs: 5_000 };
/** Of a server or a proxy that cannot take it now; 0: nothing answered. */
const TRANSIENT = [0, 429, 502, 503, 504];
const CREATED = 201;

/**
 * Sends entries in one request, and again if need be: by its key the server knows that it is the same, and counts
 * it once. Rejects as `answerTo` does.
 */
export async function sendEntries(
  connection: Connection,
  entries: readonly NewEntry[],
  { signal, waitSeconds, retryForMs = RETRY_FOR_MS, idempotencyKey = randomKey(), service }: SendOptions,
): Promise<Sent> {
  const request = {
    path: 'api/v1/entries',
    method: 'POST',
    query: { service },
    headers: {
      'content-type': 'application/x-ndjson',
      'idempotency-key': idempotencyKey,
      ...(waitSeconds !== undefined && { prefer: `wait=${String(Math.ceil(waitSeconds))}` }),
    },
    // A line each: the server takes any number of them in one request.
    body: entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
    signal,
  } as const;
  return retried({ signal, retryForMs }, async () => {
    const response = await answerTo(connection, request);
    const answer = await readJson<Answer<'postEntries'>>(connection, response, signal);
    return { ...answer, isStored: response.status === CREATED };
  });
}

/** Does it again while it cannot be done now, until the next try would come after `retryForMs`. */
async function retried<T>(
  {
    signal = new AbortController().signal,
    retryForMs,
  }: Pick<SendOptions, 'signal' | 'retryForMs'> & {
    readonly retryForMs: number;
  },
  work: () => Promise<T>,
): Promise<T> {
  const lastMs = systemClock.now() + retryForMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof LmsProblem) || !TRANSIENT.includes(error.status)) throw error;
      const waitMs = Math.max(error.details.retryAfterMs ?? 0, backoffMs(attempt, BACKOFF));
      if (systemClock.now() + waitMs > lastMs) throw error;
      await pause(systemClock, waitMs, signal);
    }
  }
}

/** Not `randomUUID`: a page that came by plain HTTP does not have it. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
