import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleMessage } from '../support/samples.ts';
import { WorkerBench } from '../support/worker-bench.ts';

/** Rows that come one after the other, so many of them refused: those are called `bad`. */
interface Stretch {
  readonly rows: number;
  readonly share: number;
}

const WRITE_MS = 20;
const RESPONSE_ROWS = 50;
const RESPONSE_MS = 250;
const MAX_HELD = 4_000;
const TEN_MINUTES_MS = 600_000;
/** A retry of rows in doubt comes this much later at most, and then is written. */
const RETRY_MS = 31_000;

/** While the table seems to be at fault, two batches are tried every 4 s: the refused ones in their turn. */
const ROUNDS_MS = 200_000;

/** `randomOf` would give nothing but zeros for 2^31 - 1. */
const seeds = fc.integer({ min: 1, max: 2 ** 31 - 2 });
const batchSizes = fc.constantFrom(10, 20, 500);

/** Some rows are refused whatever they are: of one kind, such as those of a month that has no partition. */
describe('a table that refuses a part of the rows', { timeout: 60_000 }, () => {
  it('a half or more, in any order: none is dead-lettered', async () => {
    const shares = fc.double({ min: 0.5, max: 1, noNaN: true });
    await property(shares, async (simulation, share) => {
      await simulation.run([{ rows: 3_000, share }]);
      await simulation.expectNoneIsLost();
    });
  });

  it('in turns with good ones of whatever number, once it was found: none is dead-lettered', async () => {
    const stretch = fc.record({
      rows: fc.integer({ min: 1, max: 2_000 }),
      share: fc.constantFrom(0, 0, 0.2, 0.5, 0.8, 1),
    });
    await property(fc.array(stretch, { minLength: 4, maxLength: 10 }), async (simulation, stretches) => {
      await simulation.run([{ rows: 1_000, share: 1 }, ...stretches]);
      await simulation.expectNoneIsLost();
    });
  });

  it('all and none by turns, a batch each, or many good ones in the middle: none is dead-lettered', async () => {
    const turns = Array.from({ length: 20 }, (_, index) => ({ rows: 1_000, share: index % 2 }));
    const fault = { rows: 2_000, share: 0.8 };
    for (const stretches of [turns, turns.slice(1), [fault, { rows: 11_000, share: 0 }, fault]]) {
      const simulation = new Simulation(1_000, 1);
      await simulation.run(stretches);
      await simulation.expectNoneIsLost();
    }
  });

  it('from the middle of a batch on: none is dead-lettered', async () => {
    const parts = fc.record({
      good: fc.integer({ min: 1, max: 499 }),
      bad: fc.integer({ min: 100, max: 500 }),
    });
    await property(parts, async (simulation, { good, bad }) => {
      await simulation.run([
        { rows: good, share: 0 },
        { rows: bad, share: 1 },
      ]);
      await simulation.expectNoneIsLost();
    });
  });

  it('so few that nothing is known, mended before others come: none is dead-lettered', async () => {
    await property(fc.integer({ min: 1, max: 9 }), async (simulation, rows) => {
      await simulation.run([{ rows, share: 1 }]);
      // They were tried by then, and are to be tried again.
      await simulation.pass(1_500);
      // In the middle of a flush some of its rows would pass beside those that were just refused.
      await simulation.untilIdle();
      simulation.mend();
      await simulation.run([{ rows: 200, share: 0 }]);
      await simulation.expectNoneIsLost();
    });
  });
});

describe('bad rows among good ones', { timeout: 60_000 }, () => {
  it('up to a tenth, in any order: each is a dead letter in time, and no other', async () => {
    const shares = fc.double({ min: 0.001, max: 0.1, noNaN: true });
    await property(shares, async (simulation, share) => {
      await simulation.run([{ rows: 3_000, share }]);
      await simulation.pass(TEN_MINUTES_MS + 2 * RETRY_MS);
      simulation.expectAllBadAreDead();
    });
  });

  it('many at once, and good ones afterwards: the same', async () => {
    await property(fc.integer({ min: 1, max: 300 }), async (simulation, rows) => {
      await simulation.run([{ rows, share: 1 }]);
      // Bad rows are tried alone, and that takes a while: those beside them would be through before.
      await simulation.pass(rows * 4 * WRITE_MS + 2 * RESPONSE_MS);
      await simulation.run([{ rows: 3 * rows + 100, share: 0.01 }]);
      await simulation.pass(ROUNDS_MS + TEN_MINUTES_MS + 2 * RETRY_MS);
      simulation.expectAllBadAreDead();
    });
  });

  it('that remain when a table at fault is mended: the same', async () => {
    await property(fc.integer({ min: 0, max: 10 }), async (simulation, percent) => {
      simulation.refuseAlways(({ number }) => number % 100 < percent);
      await simulation.run([{ rows: 1_000, share: 1 }]);
      simulation.mend();
      await simulation.pass(TEN_MINUTES_MS + 2 * RETRY_MS);
      simulation.expectAllBadAreDead();
    });
  });
});

async function property<T>(
  values: fc.Arbitrary<T>,
  check: (simulation: Simulation, value: T) => Promise<void>,
) {
  await fc.assert(
    fc.asyncProperty(batchSizes, seeds, values, (maxRows, seed, value) => {
      return check(new Simulation(maxRows, seed), value);
    }),
    { numRuns: 5, endOnFailure: true },
  );
}

/** A worker whose writes take a while, and a source that stops at a limit. */
class Simulation {
  readonly #bench: WorkerBench;
  readonly #random: () => number;
  #sent = 0;
  #writes = 0;
  #isAtFault = true;
  #refusesAlways: (row: { readonly number: number }) => boolean = () => false;

  constructor(maxRows: number, seed: number) {
    this.#bench = new WorkerBench({ maxRows, flushIntervalMs: 1_000 });
    this.#random = randomOf(seed);
    const { store, clock } = this.#bench;
    store.decide = () =>
      new Promise((resolve) => {
        this.#writes += 1;
        clock.schedule(WRITE_MS, () => {
          this.#writes -= 1;
          resolve('pass');
        });
      });
    store.isRefused = ({ eventId }) => this.#isRefused(eventId);
  }

  refuseAlways(which: (row: { readonly number: number }) => boolean): void {
    this.#refusesAlways = which;
  }

  mend(): void {
    this.#isAtFault = false;
  }

  /** Ends early when the limit is full and stays so: nothing more is read then. */
  async run(stretches: readonly Stretch[]): Promise<void> {
    for (const { rows, share } of stretches) {
      for (let left = rows; left > 0; left -= RESPONSE_ROWS) {
        if (!(await this.#hasRoom())) return;
        this.#deliver(Math.min(left, RESPONSE_ROWS), share);
        await this.pass(RESPONSE_MS);
      }
    }
  }

  async pass(ms: number): Promise<void> {
    await this.#bench.clock.advance(ms);
  }

  /** Until nothing is being written. */
  async untilIdle(): Promise<void> {
    while (this.#writes > 0) await this.pass(1);
  }

  /** Not while the fault lasts, and all go in afterwards. */
  async expectNoneIsLost(): Promise<void> {
    const { deadLetters, store, worker } = this.#bench;
    await this.pass(60_000);
    expect(deadLetters.messageIds).toEqual([]);
    this.mend();
    await this.pass(60_000);
    expect(deadLetters.messageIds).toEqual([]);
    expect(store.rows.size).toBe(this.#sent);
    expect(worker.outages).toEqual([]);
  }

  expectAllBadAreDead(): void {
    const { deadLetters, store, worker, source } = this.#bench;
    const stored = [...store.rows.keys()];
    expect(stored.filter((id) => this.#isRefused(id))).toEqual([]);
    expect(deadLetters.messageIds.filter((id) => !this.#isRefused(id))).toEqual([]);
    expect(stored.length + deadLetters.messageIds.length).toBe(this.#sent);
    expect(source.held).toBe(0);
    expect(worker.outages).toEqual([]);
  }

  #isRefused(id: string): boolean {
    const [kind, number] = id.split('-');
    return (this.#isAtFault && kind === 'bad') || this.#refusesAlways({ number: Number(number) });
  }

  async #hasRoom(): Promise<boolean> {
    for (let waited = 0; waited < 20 && this.#bench.source.held >= MAX_HELD; waited += 1)
      await this.pass(1_000);
    return this.#bench.source.held < MAX_HELD;
  }

  #deliver(rows: number, share: number): void {
    const messages = Array.from({ length: rows }, () => {
      this.#sent += 1;
      const id = `${this.#random() < share ? 'bad' : 'good'}-${String(this.#sent)}`;
      return [id, sampleMessage(id)] as const;
    });
    this.#bench.source.deliver(new Map(messages));
  }
}

/** Numbers from 0 to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    // Park and Miller's generator.
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
