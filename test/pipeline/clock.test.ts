import { getEventListeners } from 'node:events';
import { expect, it, vi } from 'vitest';
import { pause, systemClock, unlessAborted } from '../../src/pipeline/clock.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClock, settled } from '../support/fake-clock.ts';

it("the machine's clock runs a task once, not before its time", async () => {
  const startMs = systemClock.now();
  const task = vi.fn();
  systemClock.schedule(20, task);
  await eventually(() => {
    expect(task).toHaveBeenCalledTimes(1);
  });
  // A timer of Node's may be up to a millisecond early.
  expect(systemClock.now() - startMs).toBeGreaterThanOrEqual(19);
});

it("a cancelled task of the machine's clock does not run", async () => {
  const task = vi.fn();
  systemClock.schedule(1, task)();
  await new Promise<void>((resolve) => systemClock.schedule(20, resolve));
  expect(task).not.toHaveBeenCalled();
});

it('a pause lasts its time', async () => {
  const clock = new FakeClock();
  const over = vi.fn();
  void pause(clock, 100, new AbortController().signal).then(over);
  await clock.advance(99);
  expect(over).not.toHaveBeenCalled();
  await clock.advance(1);
  expect(over).toHaveBeenCalledTimes(1);
});

it('an abort ends a pause at once, with its reason, and cancels the timer', async () => {
  const clock = new FakeClock();
  const signal = new AbortController();
  const pausing = pause(clock, 100, signal.signal);
  signal.abort(new Error('enough'));
  await expect(pausing).rejects.toThrow('enough');
  expect(clock.timers).toBe(0);
});

it('no pause is begun after the abort', async () => {
  const clock = new FakeClock();
  await expect(pause(clock, 100, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  expect(clock.timers).toBe(0);
});

it('work is waited for, whether it passes or fails, and leaves no listener on the signal', async () => {
  const { signal } = new AbortController();
  await expect(unlessAborted(() => Promise.resolve(7), signal)).resolves.toBe(7);
  await expect(unlessAborted(() => Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

it('an abort ends the wait for work that hangs, and what the work comes to later is ignored', async () => {
  const signal = new AbortController();
  const work = Promise.withResolvers<number>();
  const waiting = unlessAborted(() => work.promise, signal.signal);
  signal.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  work.reject(new Error('too late'));
  await settled();
});

it('no work is begun after the abort', async () => {
  const begin = vi.fn(() => Promise.resolve());
  await expect(unlessAborted(begin, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  expect(begin).not.toHaveBeenCalled();
});

it('work that is aborted while it begins is not waited for', async () => {
  const signal = new AbortController();
  const begin = () => {
    signal.abort(new Error('enough'));
    return new Promise<never>(() => undefined);
  };
  await expect(unlessAborted(begin, signal.signal)).rejects.toThrow('enough');
});
