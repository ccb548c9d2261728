import { type Confirmation, SendError, type Sink } from './sink.ts';

/** Of one entry; a server makes a dead letter of a longer line. */
const MAX_ENTRY_BYTES = 10_000_000;
/** The server's own wait for Pub/Sub is shorter. */
const TIMEOUT_MS = 30_000;
const LONGEST_WAIT_MS = 60_000;
const NEW_LINE = Buffer.from('\n');
/** Said by a server of LMS these are about what was sent: the answer to it will be the same tomorrow. */
const ABOUT_WHAT_WAS_SENT: ReadonlySet<number> = new Set([400, 413, 415, 422]);
const FORBIDDEN = 403;

/** What POST /api/v1/entries answers, or a problem; everything may be missing. */
interface Answer {
  readonly accepted?: unknown;
  readonly rejected?: unknown;
  readonly denied?: unknown;
  readonly refused?: unknown;
  readonly detail?: unknown;
  readonly title?: unknown;
  readonly code?: unknown;
}

export interface HttpSinkOptions {
  /** Where a server of LMS is. */
  readonly url: string;
  /** With the scope `write`. */
  readonly token?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Sends to `POST /api/v1/entries` of a server, a line each. Throws TypeError if `url` is none. */
export function httpSink({ url, token, timeoutMs = TIMEOUT_MS }: HttpSinkOptions): Sink {
  const endpoint = endpointOf(url);
  const headers = {
    'content-type': 'application/x-ndjson',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return {
    name: endpoint.origin + endpoint.pathname,
    maxEntryBytes: MAX_ENTRY_BYTES,
    async send(batch, signal) {
      const body = Buffer.concat(batch.flatMap((line) => [line, NEW_LINE]));
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const request = { method: 'POST', headers, body, signal: limit, redirect: 'error' } as const;
      try {
        const response = await fetch(endpoint, request);
        return outcomeOf(response, await answerOf(response), batch.length);
      } catch (error) {
        if (error instanceof SendError) throw error;
        throw new SendError(limit.aborted ? `no answer within ${String(timeoutMs)} ms` : reasonOf(error));
      }
    },
    close() {
      // Connections are those of fetch, which closes them when they have been idle.
    },
  };
}

function endpointOf(url: string): URL {
  const endpoint = new URL(url);
  if (!/^https?:$/.test(endpoint.protocol))
    throw new TypeError(`${url} should begin with http:// or https://`);
  endpoint.pathname = `${endpoint.pathname.replace(/\/+$/, '')}/api/v1/entries`;
  endpoint.search = '';
  endpoint.hash = '';
  return endpoint;
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : {};
  } catch {
    return {};
  }
}

function outcomeOf(response: Response, answer: Answer, count: number): Confirmation {
  if (response.ok) {
    if (typeof answer.accepted !== 'number') throw new SendError('the answer is not that of an LMS server');
    const refused = numberOf(answer.rejected) + numberOf(answer.denied);
    const reason = firstReason(answer.refused);
    return { confirmed: count - refused, refused, ...(reason !== undefined && { reason }) };
  }
  const detail = [answer.detail, answer.title].find((text): text is string => typeof text === 'string');
  throw new SendError(`${String(response.status)} ${detail ?? response.statusText}`, {
    isFinal: isFinal(response.status, answer),
    retryAfterMs: waitOf(response.headers.get('retry-after')),
  });
}

/**
 * Whether the same request is hopeless. A proxy may answer as well, and be mended; so may the rights of a token,
 * unless the records were read and each of them was refused.
 */
function isFinal(status: number, { code, refused }: Answer): boolean {
  if (status === FORBIDDEN) return Array.isArray(refused);
  return ABOUT_WHAT_WAS_SENT.has(status) && typeof code === 'string';
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function firstReason(list: unknown): string | undefined {
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  const isRecord = typeof first === 'object' && first !== null && 'reason' in first;
  return isRecord && typeof first.reason === 'string' ? first.reason : undefined;
}

/** Seconds, as our servers say it, in milliseconds. */
function waitOf(retryAfter: string | null): number | undefined {
  const seconds = Number(retryAfter ?? NaN);
  return seconds >= 0 ? Math.min(seconds * 1_000, LONGEST_WAIT_MS) : undefined;
}

/** fetch says "fetch failed", and why in its cause. */
function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const source = cause instanceof Error && cause.message !== '' ? cause : error;
  if (!(source instanceof Error)) return String(source);
  return source.message === '' && 'code' in source ? String(source.code) : source.message;
}
