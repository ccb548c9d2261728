import fc from 'fast-check';
import type { OutgoingMessage } from '../../src/logs/message.ts';
import { settled } from './fake-clock.ts';
import type { PublishOutcome } from './memory-dead-letters.ts';
import type { WriteOutcome } from './memory-store.ts';
import { OpenCalls } from './open-calls.ts';
import { malformedMessage, sampleMessage } from './samples.ts';
import { DELIVERY_OVERHEAD_BYTES, type SettleOutcome } from './scripted-source.ts';
import { WorkerBench } from './worker-bench.ts';

export const WORLD_LIMITS = {
  maxRows: 5,
  maxBytes: 4_000,
  flushIntervalMs: 1_000,
  flushesInFlight: 2,
  shutdownTimeoutMs: 10_000,
};
const MESSAGES = 40;

/** A worker among parts of which every call waits for its answer: from the database, the dead-letter topic, the subscription. */
export class WorkerWorld extends WorkerBench {
  readonly writes = new OpenCalls<WriteOutcome>();
  readonly publishes = new OpenCalls<PublishOutcome>();
  readonly settlements = new OpenCalls<SettleOutcome>();

  constructor() {
    super(WORLD_LIMITS);
    this.store.decide = () => this.writes.ask();
    this.deadLetters.decide = () => this.publishes.ask();
    this.source.decide = () => this.settlements.ask();
    for (let number = 0; number < MESSAGES; number += 1) {
      if (isRefused(number)) this.store.refused.add(String(number));
      if (isUnwanted(number)) this.deadLetters.refused.add(String(number));
    }
  }

  /** From now on every part answers at once, and well. */
  mend(): void {
    this.deadLetters.refused.clear();
    this.writes.answerAlways('pass');
    this.publishes.answerAlways('pass');
    this.settlements.answerAlways('confirm');
  }
}

/** Whether message `number` must end in the dead-letter topic. */
export function isDead(number: number): boolean {
  return isMalformed(number) || isRefused(number);
}

function isMalformed(number: number): boolean {
  return number % 8 === 0;
}

function isRefused(number: number): boolean {
  return number % 10 === 1;
}

/** A few of the dead letters are refused by their topic too. */
function isUnwanted(number: number): boolean {
  return isDead(number) && number % 16 === 0;
}

function messageOf(number: number): OutgoingMessage {
  if (isMalformed(number)) return malformedMessage(String(number));
  // Some are larger than a batch.
  return sampleMessage(String(number), number % 9 === 5 ? 'x'.repeat(5_000) : 'Hello');
}

/** What the delivery of message `number` counts against the limit of a batch. */
export function bytesOf(number: number): number {
  return messageOf(number).data.length + DELIVERY_OVERHEAD_BYTES;
}

/** Something that happens to the worker. */
export interface Step {
  readonly run: (world: WorkerWorld) => Promise<void>;
  readonly toString: () => string;
}

function step<T>(
  name: string,
  values: fc.Arbitrary<T>,
  act: (world: WorkerWorld, value: T) => void | Promise<void>,
) {
  return values.map((value): Step => {
    const run = async (world: WorkerWorld) => {
      await act(world, value);
      await settled();
    };
    return { run, toString: () => `${name}(${JSON.stringify(value)})` };
  });
}

function answer<Outcome>(
  name: string,
  outcome: fc.Arbitrary<Outcome>,
  calls: (world: WorkerWorld) => OpenCalls<Outcome>,
) {
  return step(name, fc.record({ which: fc.nat(3), outcome }), (world, { which, outcome: chosen }) => {
    calls(world).answer(which, chosen);
  });
}

/** Messages are few, so that the same one is often delivered again, settled or not. */
const deliver = step(
  'deliver',
  fc.uniqueArray(fc.nat(MESSAGES - 1), { minLength: 1, maxLength: 12 }),
  (world, numbers) => {
    if (!world.source.stopped)
      world.source.deliver(new Map(numbers.map((number) => [String(number), messageOf(number)])));
  },
);

const writeOutcome = fc.oneof(
  { weight: 12, arbitrary: fc.constant('pass' as const) },
  { weight: 4, arbitrary: fc.constantFrom('transient' as const, 'lost-reply' as const) },
);

const tick = step('tick', fc.constantFrom(1, 100, 999, 5_000), ({ clock }, ms) => clock.advance(ms));

const stop = step('stop', fc.constant(null), (world) => world.stop());

const failAndStop = step('fail', fc.nat(3), async (world, which) => {
  world.writes.answer(which, 'fatal');
  await settled();
  await world.stop();
});

export const STEPS = fc.oneof(
  { weight: 6, arbitrary: deliver },
  { weight: 6, arbitrary: answer('write', writeOutcome, ({ writes }) => writes) },
  {
    weight: 4,
    arbitrary: answer(
      'publish',
      fc.constantFrom('pass', 'pass', 'unreachable'),
      ({ publishes }) => publishes,
    ),
  },
  {
    weight: 4,
    arbitrary: answer(
      'settle',
      fc.constantFrom('confirm', 'confirm', 'lose'),
      ({ settlements }) => settlements,
    ),
  },
  { weight: 3, arbitrary: tick },
);

/** What ends the worker. */
export const ENDINGS = fc.oneof({ weight: 4, arbitrary: stop }, { weight: 1, arbitrary: failAndStop });
