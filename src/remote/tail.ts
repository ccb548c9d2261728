import type { ReceivedEvent } from '../live/follow.ts';
import type { StreamEvent } from '../live/sse.ts';
import type { FoundEntry } from '../logs/entry.ts';
import { notOurs, ServerClient } from './client.ts';
import { readTailEvent } from './shapes.ts';

/** What is asked of a tail. */
export interface RemoteTailRequest {
  /** An expression whose times do not depend on when it is read. */
  readonly q: string;
  /** From this time on what is stored comes first, RFC 3339. */
  readonly since?: string | undefined;
  /** Of what is stored, the last so many come first. */
  readonly lines?: number | undefined;
  /** Entries a second at most. */
  readonly maxRate?: number | undefined;
}

/** A tail of an `lms serve`: opened as often as need be. */
export class RemoteTail {
  readonly #client: ServerClient;
  readonly #url: string;
  readonly #query: Readonly<Record<string, string | undefined>>;

  /** Throws `LmsError` USAGE if it is no URL. */
  constructor(url: string, token: string | undefined, { q, since, lines, maxRate }: RemoteTailRequest) {
    this.#client = new ServerClient(url, { token });
    this.#url = url;
    this.#query = { q, since, n: lines?.toString(), max_rate: maxRate?.toString() };
  }

  /**
   * Opens it behind a position. What comes of the server is there at once, an empty array too. Rejects as
   * `ServerClient.get` does, also while it is read.
   */
  async open(
    { resume }: { readonly resume: string | undefined },
    signal: AbortSignal,
  ): Promise<AsyncIterable<readonly ReceivedEvent<FoundEntry>[]>> {
    const headers = {
      accept: 'text/event-stream',
      ...(resume !== undefined && { 'last-event-id': resume }),
    };
    const request = { method: 'GET', query: this.#query, headers } as const;
    return this.#events(await this.#client.send('api/v1/tail', request, signal), signal);
  }

  async *#events(
    response: Response,
    signal: AbortSignal,
  ): AsyncGenerator<readonly ReceivedEvent<FoundEntry>[]> {
    for await (const events of this.#client.events(response, signal)) yield this.#read(events);
  }

  #read(events: readonly StreamEvent[]): readonly ReceivedEvent<FoundEntry>[] {
    try {
      return events.flatMap((event) => readTailEvent(event) ?? []);
    } catch {
      throw notOurs(this.#url);
    }
  }
}
