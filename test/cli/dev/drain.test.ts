import { expect, it } from 'vitest';
import { drained } from '../../../src/cli/dev/drain.ts';
import { FakeClock, settled } from '../../support/fake-clock.ts';

/** A drain of a subscription that the test changes. */
function draining() {
  const clock = new FakeClock();
  const subscription = { waiting: 0, outstanding: 0, acked: 0 };
  const told: number[] = [];
  const state = { subscription, told, clock, isWorking: true, isOver: false };
  const begin = async () => {
    await drained({
      look: () => ({ ...subscription }),
      isWorking: () => state.isWorking,
      patienceMs: 10_000,
      tell: (left) => told.push(left),
      clock,
    });
    state.isOver = true;
  };
  return { state, begin };
}

it('is over at once where nothing is left', async () => {
  const { state, begin } = draining();
  await begin();
  expect(state.isOver).toBe(true);
});

it('waits for what is waiting and for what is delivered, and tells how much that is', async () => {
  const { state, begin } = draining();
  Object.assign(state.subscription, { waiting: 300, outstanding: 200 });
  void begin();
  for (let second = 1; second <= 60; second += 1) {
    await state.clock.advance(1_000);
    state.subscription.acked += 5;
    if (state.subscription.waiting > 0) state.subscription.waiting -= 5;
    else state.subscription.outstanding -= 5;
  }
  expect(state.isOver).toBe(false);
  expect(state.told.slice(0, 2)).toEqual([480, 455]);
  Object.assign(state.subscription, { waiting: 0, outstanding: 0 });
  await state.clock.advance(20);
  expect(state.isOver).toBe(true);
});

it('gives up once nothing was acknowledged for so long', async () => {
  const { state, begin } = draining();
  state.subscription.outstanding = 1;
  void begin();
  await state.clock.advance(9_000);
  state.subscription.acked = 1;
  await state.clock.advance(10_000);
  expect(state.isOver).toBe(false);
  await state.clock.advance(100);
  expect(state.isOver).toBe(true);
});

it('does not wait for a worker that has ended', async () => {
  const { state, begin } = draining();
  state.subscription.waiting = 1;
  void begin();
  await settled();
  state.isWorking = false;
  await state.clock.advance(20);
  expect(state.isOver).toBe(true);
});
