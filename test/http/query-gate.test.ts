import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { QueryGate } from '../../src/http/query-gate.ts';

const { signal: NEVER } = new AbortController();

/** Work that goes on until it is told to end. */
function work(name: string, begun: string[]) {
  const { promise, resolve } = Promise.withResolvers<string>();
  const begin = () => {
    begun.push(name);
    return promise;
  };
  return { begin, end: () => resolve(name) };
}

describe('QueryGate', () => {
  it('lets so many in at once, and the others in their order', async () => {
    const gate = new QueryGate({ atOnce: 2, maxWaitMs: 60_000 });
    const begun: string[] = [];
    const all = ['a', 'b', 'c', 'd'].map((name) => work(name, begun));
    const done = all.map(({ begin }) => gate.inTurn(begin, { signal: NEVER }));
    await turn();
    expect(begun).toEqual(['a', 'b']);
    all[1]!.end();
    await turn();
    expect(begun).toEqual(['a', 'b', 'c']);
    for (const { end } of all) end();
    expect(await Promise.all(done)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('refuses who waited too long, unless he is patient', async () => {
    const gate = new QueryGate({ atOnce: 1, maxWaitMs: 20 });
    const begun: string[] = [];
    const [first, patient] = [work('first', begun), work('patient', begun)];
    const done = gate.inTurn(first.begin, { signal: NEVER });
    const waiting = gate.inTurn(patient.begin, { signal: NEVER, isPatient: true });
    await expect(gate.inTurn(async () => 'never', { signal: NEVER })).rejects.toMatchObject({
      code: 'BUSY',
      status: 503,
      headers: { 'retry-after': '1' },
    });
    first.end();
    patient.end();
    expect(await Promise.all([done, waiting])).toEqual(['first', 'patient']);
  });

  it('who leaves takes no turn, and what fails gives its own back', async () => {
    const gate = new QueryGate({ atOnce: 1, maxWaitMs: 60_000 });
    const begun: string[] = [];
    const first = work('first', begun);
    const done = gate.inTurn(first.begin, { signal: NEVER });
    const leaving = new AbortController();
    const left = gate.inTurn(work('left', begun).begin, { signal: leaving.signal });
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    await expect(gate.inTurn(async () => 'never', { signal: leaving.signal })).rejects.toThrow('gone');
    const failing = gate.inTurn(() => Promise.reject(new Error('failed')), { signal: NEVER });
    first.end();
    await done;
    await expect(failing).rejects.toThrow('failed');
    expect(await gate.inTurn(async () => 'next', { signal: NEVER })).toBe('next');
    expect(begun).toEqual(['first']);
  });

  it('of one who asks much not all turns go to him, and others pass by', async () => {
    const gate = new QueryGate({ atOnce: 3, atOncePerKey: 2, maxWaitMs: 60_000 });
    const begun: string[] = [];
    const all = ['a1', 'a2', 'a3', 'b1', 'b2'].map((name) => work(name, begun));
    const done = all.map(({ begin }, n) => gate.inTurn(begin, { signal: NEVER, key: n < 3 ? 'a' : 'b' }));
    await turn();
    expect(begun).toEqual(['a1', 'a2', 'b1']);
    all[3]!.end();
    await turn();
    expect(begun).toEqual(['a1', 'a2', 'b1', 'b2']);
    all[0]!.end();
    await turn();
    expect(begun).toEqual(['a1', 'a2', 'b1', 'b2', 'a3']);
    for (const { end } of all) end();
    expect(await Promise.all(done)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2']);
  });
});
