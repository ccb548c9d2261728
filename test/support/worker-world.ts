import fc from 'fast-check';
import type { OutgoingMessage } from '../../src/logs/message.ts';
import { settled } from './fake-clock.ts';
import type { PublishOutcome } from './memory-dead-letters.ts';
import type { WriteOutcome } from './memory-store.ts';
import { OpenCalls } from './open-calls.ts';
import {
  decodeSeveral,
  malformedMessage,
  sampleEntry,
  sampleMessage,
  severalEntries,
  unwantedMessage,
} from './samples.ts';
import { DELIVERY_OVERHEAD_BYTES, type SettleOutcome } from './scripted-source.ts';
import { WorkerBench } from './worker-bench.ts';

export const WORLD_LIMITS = {
  maxRows: 5,
  maxBytes: 4_000,
  flushIntervalMs: 1_000,
  flushesInFlight: 2,
  refusedRowsTimeoutMs: 600_000,
  shutdownTimeoutMs: 10_000,
};
const MESSAGES = 40;
/** Less than what is decoded of a few messages with several entries. */
const MAX_HELD_BYTES = 8_000;

/**
 * A worker among parts of which every call waits for its answer: from the database, the dead-letter topic,
 * the subscription.
 */
export class WorkerWorld extends WorkerBench {
  readonly writes = new OpenCalls<WriteOutcome>();
  readonly publishes = new OpenCalls<PublishOutcome>();
  readonly settleCalls = new OpenCalls<SettleOutcome>();
  /** What sources of processes that are gone have met against the rules. */
  readonly violations: string[] = [];
  /** Numbers of the messages that were ever delivered. */
  readonly delivered = new Set<number>();
  /** Those that were decoded: others are held, and the ledger takes each for one entry. */
  readonly decoded = new WeakSet<object>();
  crashes = 0;
  /** How often a test has seen messages wait to be decoded. */
  waits = 0;
  /** How many of the store's writes a test has looked at. */
  writesSeen = 0;

  constructor() {
    super(WORLD_LIMITS);
    this.store.decide = () => this.writes.ask();
    this.deadLetters.decide = () => this.publishes.ask();
    this.source.decide = () => this.settleCalls.ask();
    this.source.maxHeldBytes = MAX_HELD_BYTES;
    this.decode = (message) => {
      this.decoded.add(message);
      return decodeSeveral(message);
    };
    for (let number = 0; number < MESSAGES; number += 1) {
      for (const { id, fate } of entriesOf(number)) if (fate === 'refused') this.store.refused.add(id);
      if (isUnwanted(number)) this.deadLetters.refused.add(String(number));
    }
  }

  deliverNumbers(numbers: Iterable<number>): void {
    const messages = new Map<string, OutgoingMessage>();
    for (const number of numbers) {
      this.delivered.add(number);
      messages.set(String(number), messageOf(number));
    }
    this.source.deliver(messages);
  }

  /** The process is killed; what it had sent to the database is answered so, and what it held comes again. */
  async crash(writes: WriteOutcome): Promise<void> {
    this.crashes += 1;
    this.violations.push(...this.source.violations);
    const held = this.replaceProcess();
    this.source.decide = () => this.settleCalls.ask();
    this.source.maxHeldBytes = MAX_HELD_BYTES;
    this.writes.answerOpen(writes);
    this.publishes.answerOpen('pass');
    await settled();
    if (held.length > 0) this.deliverNumbers(held.map(({ messageId }) => Number(messageId)));
  }

  /** From now on every part answers at once, and well. */
  mend(): void {
    this.deadLetters.refused.clear();
    this.writes.answerAlways('pass');
    this.publishes.answerAlways('pass');
    this.settleCalls.answerAlways('confirm');
  }
}

/** What must become of an entry. `bad`: it cannot be decoded; `unwanted`: it is not to be kept. */
export interface Entry {
  readonly id: string;
  readonly fate: 'row' | 'refused' | 'bad' | 'unwanted';
}

/** The entries of message `number`: several, in every fourth. */
export function entriesOf(number: number): readonly Entry[] {
  if (number % 4 !== 2) {
    return [{ id: String(number), fate: fateOf(number) }];
  }
  return Array.from({ length: 1 + (number % 7) }, (_, index) => {
    const isBad = (number + index) % 6 === 5;
    const isRefused = number % 3 === 1 && index === 1;
    const isUnwanted = (number + index) % 5 === 0;
    const fate = isBad ? 'bad' : isRefused ? 'refused' : isUnwanted ? 'unwanted' : 'row';
    return { id: `${String(number)}-${String(index)}`, fate };
  });
}

function fateOf(number: number): Entry['fate'] {
  if (number % 8 === 0) return 'bad';
  if (number % 8 === 4) return 'unwanted';
  return number % 10 === 1 ? 'refused' : 'row';
}

/** Whether message `number` must end in the dead-letter topic. */
export function isDead(number: number): boolean {
  return entriesOf(number).some(({ fate }) => fate === 'bad' || fate === 'refused');
}

/** Messages that are no others' and become rows: they show that the table takes rows. */
export const FRESH = Array.from({ length: 200 }, (_, index) => MESSAGES + index).filter((number) =>
  entriesOf(number).every(({ fate }) => fate === 'row'),
);

/** A few of the dead letters are refused by their topic too. */
function isUnwanted(number: number): boolean {
  return isDead(number) && number % 16 === 0;
}

/** Every message, by its number. */
const MADE = Array.from({ length: MESSAGES }, (_, number) => make(number));

function messageOf(number: number): OutgoingMessage {
  return MADE[number] ?? make(number);
}

function make(number: number): OutgoingMessage {
  const id = String(number);
  const entries = entriesOf(number);
  if (number % 4 === 2)
    return severalEntries(
      id,
      entries.map(({ fate }) => (fate === 'bad' || fate === 'unwanted' ? fate : 'good')),
    );
  if (entries[0]?.fate === 'bad') return malformedMessage(id);
  if (entries[0]?.fate === 'unwanted') return unwantedMessage(id);
  // Some are larger than a batch.
  return sampleMessage(id, number % 9 === 5 ? 'x'.repeat(5_000) : 'Hello');
}

/** What this entry counts against the limit of a batch: its share of the delivery, or of what that has grown to. */
export function bytesOf(entryId: string): number {
  const number = Number(entryId.split('-')[0]);
  const toBeStored = entriesOf(number).filter(({ fate }) => fate !== 'bad' && fate !== 'unwanted');
  const published = messageOf(number).data.length + DELIVERY_OVERHEAD_BYTES;
  const decoded = toBeStored.map(({ id }) => DELIVERY_OVERHEAD_BYTES + sampleEntry(id).payload.length);
  const isOne = number % 4 !== 2;
  const bytes = isOne
    ? published
    : Math.max(
        published,
        decoded.reduce((sum, each) => sum + each, 0),
      );
  return Math.ceil(bytes / toBeStored.length);
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
    if (!world.source.stopped) world.deliverNumbers(numbers);
  },
);

const writeOutcome = fc.oneof(
  { weight: 12, arbitrary: fc.constant('pass' as const) },
  { weight: 4, arbitrary: fc.constantFrom('transient' as const, 'lost-reply' as const) },
);

const tick = step('tick', fc.constantFrom(1, 100, 999, 5_000), ({ clock }, ms) => clock.advance(ms));

const crash = step('crash', fc.constantFrom('pass', 'lost-reply', 'transient'), async (world, writes) => {
  if (!world.source.stopped) await world.crash(writes);
});

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
      ({ settleCalls }) => settleCalls,
    ),
  },
  { weight: 3, arbitrary: tick },
  { weight: 1, arbitrary: crash },
);

/** What ends the worker. */
export const ENDINGS = fc.oneof({ weight: 4, arbitrary: stop }, { weight: 1, arbitrary: failAndStop });
