import { setImmediate } from 'node:timers/promises';
import type { EntrySink, EventBatch, Input, InputStatus, Settled } from '../../src/agent/ports.ts';
import type { LogEntry } from '../../src/logs/entry.ts';

/** An entry that is told by its number. */
export function entry(
  n: number,
  timestamp = '2026-11-05 13:45:00.000000',
  payload = `line ${String(n)}`,
): LogEntry {
  const eventId = `id-${String(n).padStart(8, '0')}`;
  return { timestamp, eventId, serviceName: 'shop', severity: 'info', payload, tags: null };
}

/** A batch of lines that became an entry each. */
export function batch(entries: readonly LogEntry[], counts: Partial<EventBatch['counts']> = {}): EventBatch {
  const lines = entries.length;
  const all = { lines, read: lines, unparsed: 0, joined: 0, refused: 0, bytes: lines * 10, ...counts };
  return { entries, counts: all, place: entries.at(-1)?.eventId };
}

/** `count` batches of `size` entries, numbered from `from`. */
export function batches(count: number, size: number, from = 0): EventBatch[] {
  return Array.from({ length: count }, (_, index) =>
    batch(Array.from({ length: size }, (__, place) => entry(from + index * size + place))),
  );
}

/** An input that hands over what it is given, and then ends, or stays until it is stopped. */
export class FakeInput implements Input {
  readonly name: string;
  readonly kind = 'files';
  readonly confirmed: EventBatch[] = [];
  /** Batches that were asked for. */
  handedOver = 0;
  isClosed = false;
  readonly #batches: Iterable<EventBatch>;
  readonly #isFollowed: boolean;
  /** Rejects when it is told of a confirmed batch. */
  failure: Error | undefined;

  constructor(name: string, given: Iterable<EventBatch>, { isFollowed = false } = {}) {
    this.name = name;
    this.#batches = given;
    this.#isFollowed = isFollowed;
  }

  async *batches(stop: AbortSignal): AsyncGenerator<EventBatch> {
    for (const each of this.#batches) {
      if (stop.aborted) return;
      this.handedOver += 1;
      yield each;
      await setImmediate();
    }
    while (this.#isFollowed && !stop.aborted) await setImmediate();
  }

  confirm(each: EventBatch): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.confirmed.push(each);
    return Promise.resolve();
  }

  status(): InputStatus {
    return { name: this.name, state: 'reading', counters: {} };
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

interface Request {
  readonly entries: readonly LogEntry[];
  readonly confirm: (settled?: Settled) => void;
  readonly fail: (error: Error) => void;
}

/** A sink that settles each request at once, or when the test says so. */
export class FakeSink implements EntrySink {
  readonly open: Request[] = [];
  readonly taken: LogEntry[] = [];
  readonly sizes: number[] = [];
  maxOpen = 0;
  readonly #isAutomatic: boolean;

  constructor({ isAutomatic = true } = {}) {
    this.#isAutomatic = isAutomatic;
  }

  send(entries: readonly LogEntry[], stop: AbortSignal): Promise<Settled> {
    return new Promise((resolve, reject) => {
      if (stop.aborted) {
        reject(stop.reason as Error);
        return;
      }
      const leave = () => {
        this.open.splice(this.open.indexOf(request), 1);
        stop.removeEventListener('abort', giveUp);
      };
      const giveUp = () => {
        leave();
        reject(stop.reason as Error);
      };
      const request: Request = {
        entries,
        confirm: (settled = { refused: 0, reasons: [] }) => {
          leave();
          this.taken.push(...entries);
          resolve(settled);
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      stop.addEventListener('abort', giveUp);
      this.open.push(request);
      this.sizes.push(entries.length);
      this.maxOpen = Math.max(this.maxOpen, this.open.length);
      if (this.#isAutomatic) globalThis.setImmediate(request.confirm);
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
