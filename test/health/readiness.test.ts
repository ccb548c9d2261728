import { describe, expect, it } from 'vitest';
import { readinessOf } from '../../src/health/readiness.ts';
import { watchedWorker } from '../support/watched-worker.ts';

const NOW = new Date('2026-11-21T03:30:00.000Z');
const DATABASE = { what: 'the database takes no writes', lastingMs: 90_500, reason: 'connect ECONNREFUSED' };
const STREAM = { what: 'no stream from the subscription', lastingMs: 1_000, reason: 'no connection' };

describe('a worker is ready', () => {
  it('when nothing is wrong', () => {
    expect(readinessOf(watchedWorker(), NOW)).toEqual({ ready: true, problems: [], notes: [] });
  });

  it('while its source is paused: that is a note', () => {
    const paused = { held: { messages: 7, bytes: 10_001 }, paused: true };
    expect(readinessOf(watchedWorker({}, paused), NOW)).toEqual({
      ready: true,
      problems: [],
      notes: ['reading is paused: 7 of 100 messages, 10001 of 10000 bytes held'],
    });
  });
});

describe('a worker is not ready', () => {
  it('before it is connected', () => {
    const readiness = readinessOf(undefined, NOW);
    expect(readiness).toEqual({ ready: false, problems: ['starting: not connected yet'], notes: [] });
  });

  it('in an outage: what fails, since when and why', () => {
    const readiness = readinessOf(watchedWorker({ outages: [DATABASE] }), NOW);
    expect(readiness).toEqual({
      ready: false,
      problems: ['the database takes no writes since 2026-11-21T03:28:29.500Z: connect ECONNREFUSED'],
      notes: [],
    });
  });

  it('and says everything that is wrong, not the first thing only', () => {
    const watched = watchedWorker({ outages: [DATABASE], draining: true }, { outage: STREAM });
    const { ready, problems } = readinessOf(watched, NOW);
    expect(ready).toBe(false);
    expect(problems.map((problem) => problem.slice(0, 15))).toEqual([
      'the database ta',
      'no stream from ',
      'draining: what ',
    ]);
  });
});
