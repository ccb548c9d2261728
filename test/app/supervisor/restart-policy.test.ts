import { describe, expect, it } from 'vitest';
import { failureAtStop, RestartPolicy, type WorkerEnd } from '../../../src/app/supervisor/restart-policy.ts';
import { CATALOGUE, type ErrorCode } from '../../../src/errors/catalogue.ts';

const DIED: WorkerEnd = { kind: 'died', how: 'SIGKILL', accounted: false };
const DRAINED: WorkerEnd = { kind: 'drained' };
const OUTAGES: readonly ErrorCode[] = ['DATABASE_UNREACHABLE', 'PUBSUB_UNREACHABLE'];
const LASTING = (Object.keys(CATALOGUE) as ErrorCode[]).filter(
  (code) => !OUTAGES.includes(code) && code !== 'UNACCOUNTED',
);

function failed(code: ErrorCode): WorkerEnd {
  return { kind: 'failed', code, message: `${code} it is` };
}

/** One that waits as long as its bounds allow. */
function slowest(): RestartPolicy {
  return new RestartPolicy(3, () => 1);
}

/** Decisions on the same end again and again, each `everyMs` after the one before. */
function decisions(end: WorkerEnd, count: number, everyMs: number) {
  const policy = slowest();
  return Array.from({ length: count }, (_, index) => policy.decide(end, index * everyMs, true));
}

describe('a worker that was killed or crashed', () => {
  it('is started again, each time after a longer wait', () => {
    expect(decisions(DIED, 4, 1_000)).toEqual(
      [1_000, 2_000, 4_000, 8_000].map((delayMs) => ({ kind: 'restart', delayMs })),
    );
  });

  it('never at once', () => {
    const decision = new RestartPolicy(1, () => 0).decide(DIED, 0, true);
    expect(decision).toEqual({ kind: 'restart', delayMs: 100 });
  });

  it('is given up at its fifth death within a minute', () => {
    const last = decisions(DIED, 5, 14_000).at(-1);
    expect(last).toMatchObject({ kind: 'give-up', error: { code: 'WORKER_DIED' } });
    expect(last).toHaveProperty('error.message', 'worker 3 died 5 times within a minute, at last: SIGKILL');
  });

  it('is started again for ever if it dies less often', () => {
    const kinds = decisions(DIED, 100, 15_001).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['restart']));
  });

  it('waits little again after a minute of work', () => {
    const policy = slowest();
    for (const nowMs of [0, 1_000, 2_000]) policy.decide(DIED, nowMs, true);
    expect(policy.decide(DIED, 62_001, true)).toEqual({ kind: 'restart', delayMs: 1_000 });
  });

  it('counts as dead too if it left messages unsettled without having been told to stop', () => {
    const unsettled = decisions(failed('UNACCOUNTED'), 5, 1_000);
    expect(unsettled.map(({ kind }) => kind)).toEqual([
      'restart',
      'restart',
      'restart',
      'restart',
      'give-up',
    ]);
  });
});

describe('a worker that failed', () => {
  it.each(LASTING)('with %s is not started again: the command ends with that code', (code) => {
    expect(slowest().decide(failed(code), 0, true)).toMatchObject({
      kind: 'give-up',
      error: { code, message: `${code} it is`, exitStatus: CATALOGUE[code].exitStatus },
    });
  });

  it.each(OUTAGES)('with %s comes back for as long as the outage lasts, every 10 s at most', (code) => {
    const all = decisions(failed(code), 100, 10_000);
    expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(['restart']));
    expect(all.at(-1)).toEqual({ kind: 'restart', delayMs: 10_000 });
  });

  it.each(OUTAGES)('with %s before any worker could work ends the command', (code) => {
    expect(slowest().decide(failed(code), 0, false)).toMatchObject({ kind: 'give-up', error: { code } });
  });
});

it('a worker that someone told to stop is started again, however often', () => {
  const kinds = decisions(DRAINED, 20, 100).map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['restart']));
});

describe('at a stop', () => {
  it('all is well with those that drained', () => {
    expect(failureAtStop(1, DRAINED, true)).toBeUndefined();
  });

  it('one that died holding messages is an error: not all is accounted for', () => {
    expect(failureAtStop(2, DIED, true)).toMatchObject({
      code: 'UNACCOUNTED',
      message: 'worker 2 ended before it had drained: SIGKILL',
    });
  });

  it('one that died before it had received anything is none', () => {
    expect(failureAtStop(2, { ...DIED, accounted: true }, true)).toBeUndefined();
  });

  it('one that failed says why; an outage that only kept it from starting again is none', () => {
    expect(failureAtStop(1, failed('UNACCOUNTED'), true)).toMatchObject({ code: 'UNACCOUNTED' });
    expect(failureAtStop(1, failed('DATABASE_UNREACHABLE'), true)).toBeUndefined();
    expect(failureAtStop(1, failed('DATABASE_UNREACHABLE'), false)).toMatchObject({
      code: 'DATABASE_UNREACHABLE',
    });
  });
});
