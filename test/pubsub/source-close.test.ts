import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { openHolding } from '../support/source-bench.ts';

it('close ends the stream, and may be called again', async () => {
  const { bench, broker } = await openHolding(10);
  bench.source.close();
  bench.source.close();
  await eventually(() => {
    expect(broker.subscriptionStats(bench.subscriptionName).consumers).toBe(0);
  });
});

it('close does not wait for answers that never come, and neither does what waits for them', async () => {
  const { bench, broker } = await openHolding(10);
  broker.faults.delayAnswers('Acknowledge', Infinity);
  const acked = bench.source.ack(bench.received);
  await eventually(() => {
    expect(broker.subscriptionStats(bench.subscriptionName).acked).toBe(10);
  });
  await within(500, bench.close());
  await expect(within(500, acked)).resolves.toBe(0);
});

it('close does not wait for a broker that is dead', async () => {
  const { bench, broker } = await openHolding(10);
  await broker.pause();
  const acked = bench.source.ack(bench.received);
  await within(500, bench.close());
  await expect(within(500, acked)).resolves.toBe(0);
  expect(bench.failures).toEqual([]);
});

/** Rejects if `work` takes longer than `limitMs`. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(limitMs);
  const tooLate = new Promise<never>((_, reject) => {
    late.addEventListener('abort', () => {
      reject(new Error(`not done within ${String(limitMs)} ms`));
    });
  });
  return Promise.race([work, tooLate]);
}
