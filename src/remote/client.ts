import * as z from 'zod';
import { CATALOGUE, type ErrorCode, LmsError } from '../errors/catalogue.ts';
import { Refusal } from '../errors/refusal.ts';
import { type StreamEvent, streamEvents } from '../live/sse.ts';
import { parsed } from './shapes.ts';

const REFUSED = z.array(z.object({ place: z.int(), reason: z.string() })).optional();

/** A problem, or what interfaces of older servers say instead. */
const PROBLEM = z.union([
  z.looseObject({ code: z.string(), detail: z.string(), refused: REFUSED }),
  z
    .looseObject({ error: z.string() })
    .transform(({ error }) => ({ code: '', detail: error, refused: undefined })),
]);

/** What is sent with a request. */
export interface SentRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** Asks an `lms serve`. */
export class ServerClient {
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;

  /** Throws USAGE if it is no URL of HTTP. */
  constructor(url: string, { token }: { readonly token?: string | undefined } = {}) {
    this.#base = baseOf(url);
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  /**
   * What there is at a path. Rejects with the signal's reason if that is aborted, else with `LmsError`: the
   * server's own, SERVER_UNREACHABLE, or SERVER_REFUSED.
   */
  get(
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    signal: AbortSignal,
  ): Promise<Response> {
    return this.send(path, { method: 'GET', query }, signal);
  }

  /** What a request at a path is answered with. Rejects as `get` does. */
  async send(
    path: string,
    { query = {}, headers, ...sent }: SentRequest,
    signal: AbortSignal,
  ): Promise<Response> {
    const given = Object.entries(query).filter((each): each is [string, string] => each[1] !== undefined);
    const url = new URL(path, this.#base);
    url.search = new URLSearchParams(given).toString();
    const options: RequestInit = {
      ...sent,
      headers: { ...this.#headers, ...headers },
      signal,
      redirect: 'error',
    };
    const response = await this.#whole(() => fetch(url, options), signal);
    if (response.ok) return response;
    throw await refusal(response);
  }

  /** The text of an answer: also that may be cut off. */
  async text(response: Response, signal: AbortSignal): Promise<string> {
    return this.#whole(() => response.text(), signal);
  }

  /** The events of an answer that goes on, those of a piece of it together: also that may be cut off. */
  async *events(response: Response, signal: AbortSignal): AsyncGenerator<readonly StreamEvent[], void> {
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (!isStream || response.body === null) throw notOurs(this.#base.origin);
    const pieces = streamEvents(response.body);
    try {
      for (;;) {
        const piece = await this.#whole(() => pieces.next(), signal);
        if (piece.done === true) return;
        yield piece.value;
      }
    } finally {
      await pieces.return();
    }
  }

  /** The JSON of an answer, of which a schema says what it has to be. */
  async json<Schema extends z.ZodType>(
    schema: Schema,
    response: Response,
    signal: AbortSignal,
  ): Promise<z.output<Schema>> {
    const { data } = schema.safeParse(parsed(await this.text(response, signal)));
    if (data === undefined) throw notOurs(this.#base.origin);
    return data;
  }

  async #whole<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      const { cause = error } = error as Error;
      const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
      throw new LmsError('SERVER_UNREACHABLE', `${this.#base.origin} does not answer: ${reason}`, {
        cause: error,
      });
    }
  }
}

/** What answers there is no server of ours, or one of another release. */
export function notOurs(origin: string): LmsError {
  return new LmsError('SERVER_REFUSED', `what ${origin} answers is not what lms serve does`);
}

function baseOf(text: string): URL {
  const url = URL.parse(text.endsWith('/') ? text : `${text}/`);
  if (url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') return url;
  throw new LmsError('USAGE', `--url: ${text} is no URL such as http://127.0.0.1:8080`);
}

async function refusal(response: Response): Promise<Refusal> {
  const problem = PROBLEM.safeParse(parsed(await response.text().catch(() => '')));
  const { code, detail, refused } = problem.data ?? { code: '', detail: response.statusText };
  const known = Object.keys(CATALOGUE).find((each): each is ErrorCode => each === code);
  const seconds = response.headers.get('retry-after') ?? '';
  return new Refusal(known ?? 'SERVER_REFUSED', `${new URL(response.url).origin}: ${detail}`, {
    status: response.status,
    retryAfterMs: /^\d{1,9}$/.test(seconds) ? Number(seconds) * 1_000 : undefined,
    refused,
  });
}
