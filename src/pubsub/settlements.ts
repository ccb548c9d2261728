import type { v1 } from '@google-cloud/pubsub';
import { backoffMs, type Backoff } from '../pipeline/backoff.ts';
import { pause, unlessAborted } from '../pipeline/clock.ts';
import type { Clock, Log } from '../pipeline/ports.ts';
import { isTransient, pubsubError } from './errors.ts';

/** Pub/Sub refuses a request over 524,288 bytes whole. Ack ids have about 200 bytes; an emulator's are shorter. */
const MAX_REQUEST_BYTES = 480_000;
const MAX_REQUEST_IDS = 1_000;
/** What a repeated field costs beside the text: its tag and length. */
const ID_OVERHEAD_BYTES = 4;
const CALL_TIMEOUT_MS = 10_000;
const TRIES = 8;
const BACKOFF: Backoff = { baseMs: 100, capMs: 3_000 };
/** The client library's own retry would hide what happens; ours is logged and can be cut short. */
const CALL_OPTIONS = { timeout: CALL_TIMEOUT_MS, retry: null };

type Call = (ackIds: string[]) => Promise<unknown>;

/** Acknowledges and extends by unary calls: unlike on the stream, each is confirmed by an answer. */
export class Settlements {
  readonly #client: v1.SubscriberClient;
  readonly #subscription: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #closed = new AbortController();

  constructor(client: v1.SubscriberClient, subscription: string, clock: Clock, log: Log) {
    this.#client = client;
    this.#subscription = subscription;
    this.#clock = clock;
    this.#log = log;
  }

  /** Resolves to how many ids the server confirmed. Never rejects. */
  acknowledge(ackIds: readonly string[]): Promise<number> {
    const subscription = this.#subscription;
    return this.#inRequests('acknowledge', ackIds, (ids) =>
      this.#client.acknowledge({ subscription, ackIds: ids }, CALL_OPTIONS),
    );
  }

  /** Sets the deadlines to `seconds` from now; 0 gives the messages back. As `acknowledge` otherwise. */
  modifyDeadline(ackIds: readonly string[], seconds: number): Promise<number> {
    const subscription = this.#subscription;
    return this.#inRequests(seconds === 0 ? 'release' : 'extend', ackIds, (ids) =>
      this.#client.modifyAckDeadline(
        { subscription, ackIds: ids, ackDeadlineSeconds: seconds },
        CALL_OPTIONS,
      ),
    );
  }

  /** No further try is begun, and none under way is waited for: its ids are not confirmed. */
  close(): void {
    this.#closed.abort(new Error('the source is closed'));
  }

  async #inRequests(doing: string, ackIds: readonly string[], call: Call): Promise<number> {
    const confirmed = await Promise.all(inRequests(ackIds).map((ids) => this.#try(doing, ids, call)));
    return confirmed.reduce((sum, count) => sum + count, 0);
  }

  async #try(doing: string, ackIds: string[], call: Call): Promise<number> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await unlessAborted(() => call(ackIds), this.#closed.signal);
        return ackIds.length;
      } catch (error) {
        const last = attempt + 1 === TRIES || this.#closed.signal.aborted || !isTransient(error);
        const reason = pubsubError(error, `${doing} messages of ${this.#subscription}`).message;
        this.#log[last ? 'warn' : 'debug'](
          { messages: ackIds.length, attempt, reason },
          `${doing}: not confirmed`,
        );
        if (last || !(await this.#waited(attempt))) return 0;
      }
    }
  }

  async #waited(attempt: number): Promise<boolean> {
    try {
      await pause(this.#clock, backoffMs(attempt, BACKOFF), this.#closed.signal);
      return true;
    } catch {
      return false;
    }
  }
}

/** Cuts a list of ack ids into requests that the service takes. */
export function inRequests(ackIds: readonly string[]): string[][] {
  const requests: string[][] = [];
  let open: string[] = [];
  let bytes = 0;
  for (const ackId of ackIds) {
    const idBytes = ackId.length + ID_OVERHEAD_BYTES;
    if (open.length === MAX_REQUEST_IDS || (open.length > 0 && bytes + idBytes > MAX_REQUEST_BYTES)) {
      requests.push(open);
      open = [];
      bytes = 0;
    }
    open.push(ackId);
    bytes += idBytes;
  }
  if (open.length > 0) requests.push(open);
  return requests;
}
