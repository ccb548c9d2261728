import type { ReceivedEvent } from '../../src/live/follow.ts';

/** An entry of the model. */
export interface ModelEntry {
  readonly id: string;
  /** Its own time, and when it was published: milliseconds since 1970. */
  readonly timeMs: number;
  readonly publishedMs: number;
}

export type Received = ReceivedEvent<ModelEntry>;

/** What goes on around servers. */
interface ModelWorld {
  readonly nowMs: number;
  /** The entries that servers handed over. */
  readonly handed: string[];
}

const QUEUE = 20;

export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** A server: everything in its order, of which it still has the last. */
export class ModelServer {
  epoch: string;
  isDown = false;
  sequence = 0;
  ring: { readonly sequence: number; readonly atMs: number; readonly entry: ModelEntry }[] = [];
  sinceMs: number;
  readonly tails = new Set<ModelTail>();

  constructor(epoch: string, nowMs: number) {
    this.epoch = epoch;
    this.sinceMs = nowMs;
  }
}

/** A tail of a server: what waits to be read of it. */
export class ModelTail implements AsyncIterable<readonly Received[]> {
  readonly server: ModelServer;
  readonly #world: ModelWorld;
  #queue: Received[] = [];
  #skipped: ModelEntry[] = [];
  #isOver = false;
  #wake: () => void = () => undefined;
  isFrozen = false;

  constructor(server: ModelServer, world: ModelWorld) {
    this.server = server;
    this.#world = world;
  }

  push(event: Received): void {
    if (this.#isOver) return;
    if (event.kind === 'entry' && (this.#queue.length >= QUEUE || this.#skipped.length > 0))
      this.#skipped.push(event.entry);
    else this.#queue.push(event);
    this.#wake();
  }

  /** What was there before the tail: not bounded. */
  pushAll(events: readonly Received[]): void {
    this.#queue.push(...events);
    this.#wake();
  }

  /** Ends; what is on its way is lost. */
  cut(): void {
    this.#isOver = true;
    this.#queue = [];
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly Received[]> {
    while (!this.#isOver) {
      if (this.isFrozen || (this.#queue.length === 0 && this.#skipped.length === 0)) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      const batch = this.#queue.splice(0, 5);
      if (this.#queue.length === 0 && this.#skipped.length > 0) batch.push(this.#takeSkipped());
      for (const event of batch) if (event.kind === 'entry') this.#world.handed.push(event.entryId);
      yield batch;
    }
  }

  #takeSkipped(): Received {
    const times = this.#skipped.map(({ timeMs }) => timeMs);
    const count = this.#skipped.length;
    this.#skipped = [];
    const { epoch, sequence } = this.server;
    return {
      kind: 'skipped',
      count,
      from: timeOf(Math.min(...times)),
      to: timeOf(Math.max(...times)),
      position: `.${epoch}.${sequence}.${this.#world.nowMs}`,
    };
  }
}

/** An item of a ring as a tail has it. */
export function eventOf(
  server: ModelServer,
  { sequence, atMs, entry }: ModelServer['ring'][number],
): Received {
  return {
    kind: 'entry',
    entryId: entry.id,
    entry,
    position: `${entry.id}.${server.epoch}.${sequence}.${atMs}`,
  };
}
