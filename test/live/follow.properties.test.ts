import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { follow, type Followed } from '../../src/live/follow.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { ModelEntry } from './model-server.ts';
import { TailWorld } from './tail-world.ts';

/** What happens, one after the other. */
const ACTION = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant('publish'),
      count: fc.integer({ min: 1, max: 60 }),
      late: fc.nat(50),
    }),
    weight: 6,
  },
  { arbitrary: fc.record({ kind: fc.constant('flush') }), weight: 3 },
  { arbitrary: fc.record({ kind: fc.constant('cut') }), weight: 3 },
  {
    arbitrary: fc.record({
      kind: fc.constant('restart'),
      server: fc.nat(1),
      seconds: fc.integer({ min: 1, max: 40 }),
    }),
    weight: 3,
  },
  { arbitrary: fc.record({ kind: fc.constant('freeze') }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('redeliver'), index: fc.nat(1_000) }), weight: 2 },
  {
    arbitrary: fc.record({ kind: fc.constant('slow'), seconds: fc.integer({ min: 1, max: 30 }) }),
    weight: 2,
  },
  { arbitrary: fc.record({ kind: fc.constant('forget'), seconds: fc.nat(60) }), weight: 1 },
  {
    arbitrary: fc.record({ kind: fc.constant('storesLate'), seconds: fc.integer({ min: 1, max: 300 }) }),
    weight: 1,
  },
  {
    arbitrary: fc.record({ kind: fc.constant('answersLate'), seconds: fc.integer({ min: 1, max: 300 }) }),
    weight: 1,
  },
);

type Action = typeof ACTION extends fc.Arbitrary<infer T> ? T : never;

const SCENARIO = fc.record({
  actions: fc.array(fc.tuple(ACTION, fc.nat(15_000)), { minLength: 3, maxLength: 25 }),
  seed: fc.nat(),
});

describe('whoever follows a tail', () => {
  it('has each entry once in the end, whatever is cut, restarted, skipped, redelivered or slow', async () => {
    await fc.assert(
      fc.asyncProperty(SCENARIO, async ({ actions, seed }) => {
        const clock = new FakeClock();
        const world = new TailWorld(clock, randomOf(seed));
        const reader = new Reader(world);
        await clock.advance(1);
        for (const [action, waitMs] of actions) {
          perform(action, world, reader);
          await clock.advance(waitMs);
        }
        // What comes after a quarter of an hour of peace is promised to nobody.
        for (let minute = 0; minute < 15; minute += 1) {
          world.flush();
          await clock.advance(60_000);
        }
        const { entries, incomplete } = reader;
        await reader.stop();
        expect(incomplete).toEqual([]);
        expect(entries.map(({ id }) => id).sort()).toEqual(world.published.map(({ id }) => id).sort());
        expect(isPartOf(reader.live, world.handed)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

function perform(action: Action, world: TailWorld, reader: Reader): void {
  const ms = 'seconds' in action ? action.seconds * 1_000 : 0;
  if ('count' in action)
    for (let left = action.count; left > 0; left -= 1) world.publish(action.late * left * 15);
  else if ('index' in action) world.redeliver(action.index);
  else if ('server' in action) world.restart(action.server, ms);
  else if (action.kind === 'flush') world.flush();
  else if (action.kind === 'cut') world.cut();
  else if (action.kind === 'freeze') world.freeze();
  else if (action.kind === 'slow') reader.pause(ms);
  else if (action.kind === 'forget') world.forget(ms);
  else if (action.kind === 'storesLate') world.storesFromMs = world.clock.now() + ms;
  else world.answersFromMs = world.clock.now() + ms;
}

/** Reads all that it gets, as fast as it is let. */
class Reader {
  readonly entries: ModelEntry[] = [];
  readonly incomplete: Followed<ModelEntry>[] = [];
  /** Those that were not looked up. */
  readonly live: string[] = [];
  readonly #ending = new AbortController();
  readonly #clock: FakeClock;
  readonly #done: Promise<void>;
  #pausedUntilMs = 0;

  constructor(world: TailWorld) {
    this.#clock = world.clock;
    this.#done = this.#read(world).catch((error: unknown) => {
      if (!this.#ending.signal.aborted) throw error;
    });
  }

  pause(ms: number): void {
    this.#pausedUntilMs = this.#clock.now() + ms;
  }

  async stop(): Promise<void> {
    this.#ending.abort(new Error('enough'));
    await this.#done;
  }

  async #read(world: TailWorld): Promise<void> {
    for await (const batch of follow(world, this.#ending.signal)) {
      for (const item of batch) this.#take(item);
      const waitMs = this.#pausedUntilMs - this.#clock.now();
      if (waitMs > 0) await new Promise<void>((resolve) => void this.#clock.schedule(waitMs, resolve));
    }
  }

  #take(item: Followed<ModelEntry>): void {
    if (item.kind === 'incomplete') this.incomplete.push(item);
    if (item.kind !== 'entry') return;
    this.entries.push(item.entry);
    if (!item.isFilled) this.live.push(item.entryId);
  }
}

/** Whether some are in the order of all, of which others are left out. */
function isPartOf(some: readonly string[], all: readonly string[]): boolean {
  let at = -1;
  return some.every((each) => (at = all.indexOf(each, at + 1)) !== -1);
}

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
