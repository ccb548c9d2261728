import { describe, expect, it } from 'vitest';
import { retryCall } from '../../src/pubsub/retry-call.ts';

function failure(code: number): Error {
  return Object.assign(new Error(`status ${code}`), { code });
}

/** A call that fails with these statuses, one after the other, and then passes. */
function failing(...codes: number[]) {
  const timeouts: number[] = [];
  const call = ({ timeout }: { timeout: number }) => {
    timeouts.push(timeout);
    const code = codes.shift();
    return code === undefined ? Promise.resolve('passed') : Promise.reject(failure(code));
  };
  return { call, timeouts };
}

describe('insisting on a call', () => {
  it('makes it again after transient failures', async () => {
    const { call, timeouts } = failing(14, 8);
    await expect(retryCall(call, { totalMs: 5_000 })).resolves.toBe('passed');
    expect(timeouts).toHaveLength(3);
  });

  it('gives up at once on any other failure', async () => {
    const { call, timeouts } = failing(14, 5, 14);
    await expect(retryCall(call, { totalMs: 5_000 })).rejects.toThrow('status 5');
    expect(timeouts).toHaveLength(2);
  });

  it('gives each try no more time than is left, and rejects with the last failure when none is', async () => {
    const { call, timeouts } = failing(...Array.from({ length: 100 }, () => 14));
    await expect(retryCall(call, { totalMs: 300 })).rejects.toThrow('status 14');
    expect(timeouts.length).toBeGreaterThan(1);
    expect(timeouts).toEqual(timeouts.toSorted((one, other) => other - one));
    expect(timeouts[0]).toBeLessThanOrEqual(300);
  });

  it('rejects with the last failure as soon as it is told to stop', async () => {
    const stop = new AbortController();
    const { call } = failing(...Array.from({ length: 100 }, () => 14));
    const outcome = retryCall(call, { totalMs: 60_000, signal: stop.signal });
    stop.abort();
    await expect(outcome).rejects.toThrow('status 14');
  });
});
