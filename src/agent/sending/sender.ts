import type { LogEntry } from '../../logs/entry.ts';
import type { EntrySink, RefusedEntry, Settled } from '../ports.ts';
import type { Amount } from './room.ts';

/** How much is sent at once. */
export interface SenderLimits {
  readonly requestsInFlight: number;
  /** Of one request; more entries that belong together go in one all the same. */
  readonly request: Amount;
}

/** What is told to whoever sent some entries: how many of them there are. */
interface Share {
  readonly count: number;
  readonly settle: (settled: Settled) => void;
  readonly fail: (error: unknown) => void;
}

interface Part {
  readonly entries: readonly LogEntry[];
  readonly bytes: number;
  readonly share: Share;
}

/**
 * Sends the entries of many inputs: at once while few requests are under way, else together, so that a thousand files
 * with a line a second each take few requests.
 */
export class Sender {
  readonly #sink: EntrySink;
  readonly #limits: SenderLimits;
  readonly #giveUp: AbortSignal;
  readonly #parts: Part[] = [];
  #requests = 0;

  /** What is under way when `giveUp` is aborted is awaited no longer. */
  constructor(sink: EntrySink, limits: SenderLimits, giveUp: AbortSignal) {
    this.#sink = sink;
    this.#limits = limits;
    this.#giveUp = giveUp;
  }

  /** Resolves and rejects as `EntrySink.send` does, for these entries alone. */
  send(entries: readonly LogEntry[], bytes: number): Promise<Settled> {
    return new Promise((settle, fail) => {
      this.#parts.push({ entries, bytes, share: { count: entries.length, settle, fail } });
      this.#sendNext();
    });
  }

  #sendNext(): void {
    while (this.#parts.length > 0 && this.#requests < this.#limits.requestsInFlight) {
      this.#requests += 1;
      void this.#request(this.#nextParts()).finally(() => {
        this.#requests -= 1;
        this.#sendNext();
      });
    }
  }

  /** At least one, and others as long as all fit into a request. */
  #nextParts(): Part[] {
    const { entries, bytes } = this.#limits.request;
    let [length, units, count] = [0, 0, 0];
    for (const part of this.#parts) {
      length += part.entries.length;
      units += part.bytes;
      if (count > 0 && (length > entries || units > bytes)) break;
      count += 1;
    }
    return this.#parts.splice(0, count);
  }

  #request(parts: readonly Part[]): Promise<void> {
    const shares = parts.map(({ share }) => share);
    return this.#sent(parts).then(
      (settled) => {
        settleEach(shares, settled);
      },
      (error: unknown) => {
        for (const { fail } of shares) fail(error);
      },
    );
  }

  /** While it is under way no entries are held here: the sink knows what it needs of them. */
  async #sent(parts: readonly Part[]): Promise<Settled> {
    const [first] = parts;
    const isOne = first !== undefined && parts.length === 1;
    return this.#sink.send(isOne ? first.entries : parts.flatMap(({ entries }) => entries), this.#giveUp);
  }
}

/** Says to each part what became of its entries; of those that were refused and not told of, that sums agree. */
function settleEach(shares: readonly Share[], { refused, reasons }: Settled): void {
  let untold = refused - reasons.length;
  let start = 0;
  for (const { count, settle } of shares) {
    const end = start + count;
    const own = reasons
      .filter(({ place }) => place >= start && place < end)
      .map(({ place, reason }): RefusedEntry => ({ place: place - start, reason }));
    const more = Math.min(untold, count - own.length);
    untold -= more;
    settle({ refused: own.length + more, reasons: own });
    start = end;
  }
}
