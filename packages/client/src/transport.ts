import { LmsProblem, type ProblemDetails, REFUSED, UNREACHABLE } from './problem.ts';

/** Where a server is, and how it is asked. */
export interface Connection {
  readonly base: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
}

/** A request at a path of a server. */
export interface Request {
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What a good answer begins its content type with; JSON if absent. */
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
}

const JSON_TYPE = 'application/json';

/**
 * What a request is answered with. Rejects with the signal's reason once that is aborted, else with `LmsProblem`:
 * for whatever is no good answer of the type that was asked for.
 */
export async function answerTo(
  connection: Connection,
  { path, method = 'GET', query = {}, headers, body, accept = JSON_TYPE, signal }: Request,
): Promise<Response> {
  const url = new URL(path, connection.base);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  const init: RequestInit = {
    method,
    headers: { accept, ...connection.headers, ...headers },
    // A POST that is led elsewhere becomes a GET; and a token is for this server alone.
    redirect: 'manual',
    ...(body !== undefined && { body }),
    ...(signal !== undefined && { signal }),
  };
  const response = await reached(connection, signal, () => connection.fetch(url, init));
  if (!response.ok) throw await refusal(connection, response, signal);
  if (response.headers.get('content-type')?.startsWith(accept)) return response;
  await response.body?.cancel();
  throw notOurs(connection, response);
}

/** The JSON that a request is answered with. Rejects as `answerTo` does. */
export async function jsonOf<T>(connection: Connection, request: Request): Promise<T> {
  return readJson(connection, await answerTo(connection, request), request.signal);
}

/** The JSON of an answer, which may be cut off. Rejects as `answerTo` does. */
export async function readJson<T>(
  connection: Connection,
  response: Response,
  signal: AbortSignal | undefined,
): Promise<T> {
  const value = parsed(await reached(connection, signal, () => response.text()));
  if (value === null) throw notOurs(connection, response);
  return value as T;
}

/** Does what fails if the connection does. Rejects as `answerTo` does. */
export async function reached<T>(
  { base }: Connection,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    signal?.throwIfAborted();
    return await work();
  } catch (cause) {
    signal?.throwIfAborted();
    throw unreachable(base, cause);
  }
}

function unreachable({ origin }: URL, cause: unknown): LmsProblem {
  // Node says in the cause what happened, browsers nowhere.
  const { cause: inner = cause } = cause as Error;
  const { code = '', message = '' } = inner as { code?: string; message?: string };
  const reason = message || code || String(inner);
  return new LmsProblem(UNREACHABLE, { status: 0, detail: `${origin} does not answer: ${reason}`, cause });
}

async function refusal(
  connection: Connection,
  response: Response,
  signal: AbortSignal | undefined,
): Promise<LmsProblem> {
  const { status, headers } = response;
  const problem = parsed(await reached(connection, signal, () => response.text())) as ProblemDetails | null;
  const { code, detail } = problem ?? {};
  const details = { ...problem, retryAfterMs: waitOf(headers.get('retry-after')) };
  if (typeof code === 'string' && typeof detail === 'string')
    return new LmsProblem(code, { status, detail, details });
  return notOurs(connection, response);
}

/** What answers is no server of ours, but a proxy, a page, or somebody else. */
function notOurs({ base }: Connection, { status, type, headers }: Response): LmsProblem {
  const isLed = type === 'opaqueredirect' || (status >= 300 && status < 400);
  const what = isLed ? 'leads elsewhere' : `is not what lms serve does (${status})`;
  const details = { retryAfterMs: waitOf(headers.get('retry-after')) };
  return new LmsProblem(REFUSED, { status, detail: `what ${base.origin} answers ${what}`, details });
}

/** Of a `Retry-After`, which has seconds or a date. */
function waitOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Null: it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
