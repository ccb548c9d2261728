import { expect, it } from 'vitest';
import { Draw } from '../../chaos/draw.ts';
import { NODE_KILLED } from '../../chaos/faults/cluster.ts';
import { chaosMessages, REFUSED_PREFIX } from '../../chaos/messages.ts';
import { FAULT_KINDS, planRound, planText } from '../../chaos/plan.ts';

const SIZE = { messages: 2_000, faults: 40, durationMs: 14_000 };
const ON_BROKER = { pubsub: 'broker', database: 'server' } as const;
const ON_CLUSTER = { pubsub: 'broker', database: 'cluster' } as const;

it('the same seed and round give the same plan and the same messages', () => {
  const [one, two] = [planRound(7, 3, SIZE, ON_BROKER), planRound(7, 3, SIZE, ON_BROKER)];
  expect(planText(one)).toBe(planText(two));
  expect(one.portions).toEqual(two.portions);
  const messages = () => chaosMessages('run', 3, one.messages, new Draw(7, 'messages', 3));
  expect(messages()).toEqual(messages());
});

it('another seed, or another round, gives another plan', () => {
  const texts = [
    planRound(7, 3, SIZE, ON_BROKER),
    planRound(8, 3, SIZE, ON_BROKER),
    planRound(7, 4, SIZE, ON_BROKER),
  ];
  expect(new Set(texts.map((plan) => JSON.stringify(plan.portions))).size).toBe(3);
  expect(new Set(texts.map(planText)).size).toBe(3);
});

it('every kind of fault is drawn in a campaign', () => {
  const rounds = Array.from({ length: 20 }, (_, index) => [
    planRound(1, index + 1, SIZE, ON_BROKER),
    planRound(1, index + 1, SIZE, ON_CLUSTER),
  ]).flat();
  const drawn = new Set(rounds.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
  expect(FAULT_KINDS.filter((kind) => !drawn.has(kind))).toEqual([]);
});

it('a round on the emulator has no fault of the broker, and one on a cluster none of a single server', () => {
  const plan = planRound(1, 1, { ...SIZE, faults: 500 }, { pubsub: 'emulator', database: 'cluster' });
  for (const { kind } of plan.faults) expect(kind.fits?.(plan.conditions) ?? true, kind.name).toBe(true);
  expect(plan.faults.filter(({ kind }) => /broker|MySQL/.test(kind.name))).toEqual([]);
});

it('in every round on a cluster a node is killed under two workers', () => {
  for (let round = 1; round <= 20; round += 1) {
    const { faults, conditions } = planRound(1, round, { ...SIZE, faults: 5 }, ON_CLUSTER);
    expect(faults.map(({ kind }) => kind)).toContain(NODE_KILLED);
    expect(conditions.workers).toBe(2);
  }
});

it('some messages are poison, half of them so that only the database can tell', () => {
  const messages = chaosMessages('run', 1, 5_000, new Draw(1, 'messages', 1));
  const poison = messages.filter(({ row }) => row === undefined);
  const refused = poison.filter(({ message }) => Buffer.from(message.data).includes(REFUSED_PREFIX));
  expect(poison.length).toBeGreaterThan(50);
  expect(refused.length).toBeGreaterThan(poison.length / 4);
  expect(refused.length).toBeLessThan((poison.length * 3) / 4);
});
