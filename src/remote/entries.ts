import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import * as z from 'zod';
import { LmsError } from '../errors/catalogue.ts';
import { Refusal } from '../errors/refusal.ts';
import type { LogEntry } from '../logs/entry.ts';
import { publishedJson } from '../logs/entry-json.ts';
import { ServerClient } from './client.ts';

const PATH = 'api/v1/entries';
const compressed = promisify(gzip);
/** More costs more time than the network does. */
const LEVEL = constants.Z_BEST_SPEED;
const TOO_LARGE = 413;
/** What passes by itself: a proxy that waited in vain, and too many requests. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);
/** A server that is silent for so long is not there: Pub/Sub behind it may take a while. */
const TIMEOUT_MS = 90_000;

const ANSWER = z.looseObject({
  accepted: z.int(),
  rejected: z.int(),
  denied: z.int(),
  refused: z.array(z.object({ place: z.int(), reason: z.string() })),
});

/** What became of entries that were sent. */
export interface TakenEntries {
  /** Entries that the server will never take. */
  readonly refused: number;
  /** The first of them, by their places, and why. */
  readonly reasons: readonly { readonly place: number; readonly reason: string }[];
}

/** Sends entries to an `lms serve`, each under its key: sent again it is the same row. */
export class EntriesClient {
  readonly #client: ServerClient;

  /** Throws USAGE if it is no URL of HTTP. */
  constructor(url: string, options: { readonly token?: string | undefined } = {}) {
    this.#client = new ServerClient(url, options);
  }

  /**
   * One request, or several if the server finds one too large. Rejects as `ServerClient.send` does if not all were
   * settled; some may have been taken then.
   */
  async take(entries: readonly LogEntry[], stop: AbortSignal): Promise<TakenEntries> {
    try {
      return await this.#request(entries, stop);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, refused } = error.terms;
      if (refused !== undefined) return { refused: entries.length, reasons: refused };
      if (status !== TOO_LARGE) throw error;
      if (entries.length === 1) return { refused: 1, reasons: [{ place: 0, reason: error.message }] };
    }
    return this.#inHalves(entries, stop);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #inHalves(entries: readonly LogEntry[], stop: AbortSignal): Promise<TakenEntries> {
    const middle = Math.ceil(entries.length / 2);
    const first = await this.take(entries.slice(0, middle), stop);
    const second = await this.take(entries.slice(middle), stop);
    const moved = second.reasons.map(({ place, reason }) => ({ place: place + middle, reason }));
    return { refused: first.refused + second.refused, reasons: [...first.reasons, ...moved] };
  }

  async #request(entries: readonly LogEntry[], stop: AbortSignal): Promise<TakenEntries> {
    const body = await compressed(entries.map(publishedJson).join('\n'), { level: LEVEL });
    const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' };
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await this.#client.send(PATH, { method: 'POST', headers, body }, signal);
    const { accepted, rejected, denied, refused } = await this.#client.json(ANSWER, response, signal);
    if (accepted + rejected + denied !== entries.length)
      throw new LmsError(
        'SERVER_REFUSED',
        `the server answered for ${accepted + rejected + denied} of ${entries.length} entries`,
      );
    return { refused: rejected + denied, reasons: refused };
  }
}

/** What a failure means to who would send again: whether it passes by itself, and how long the server asks to wait. */
export function verdictOfServer(error: unknown): {
  readonly isPassing: boolean;
  readonly retryAfterMs: number | undefined;
} {
  if (error instanceof Refusal) {
    const { status, retryAfterMs } = error.terms;
    return { isPassing: status >= 500 || PASSING.has(status), retryAfterMs };
  }
  const isSilent = error instanceof Error && error.name === 'TimeoutError';
  const isAway = error instanceof LmsError && error.code === 'SERVER_UNREACHABLE';
  return { isPassing: isSilent || isAway, retryAfterMs: undefined };
}
