import { beforeEach, describe, expect, it } from 'vitest';
import { keepOn, restUnless } from '../../../src/cli/retain/follow.ts';
import { type ErrorCode, LmsError } from '../../../src/errors/catalogue.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordingLog } from '../../support/recording-log.ts';

let clock: FakeClock;
let log: RecordingLog;
let stop: AbortController;

beforeEach(() => {
  clock = new FakeClock();
  log = new RecordingLog();
  stop = new AbortController();
});

/** Work that fails so, a try after the other, then comes to its end. */
function failing(...codes: readonly ErrorCode[]) {
  let tries = 0;
  const kept = keepOn(
    () => {
      const code = codes[tries];
      tries += 1;
      return code === undefined ? Promise.resolve() : Promise.reject(new LmsError(code, 'it failed'));
    },
    { clock, log, signal: stop.signal },
  );
  return { kept, tries: () => tries };
}

describe('following', () => {
  it('goes on a minute after what passes, and says so', async () => {
    const { kept, tries } = failing('DATABASE_UNREACHABLE', 'CLOCK', 'LEASE_LOST', 'LEASE_HELD');
    await clock.advance(59_999);
    expect(tries()).toBe(1);
    await clock.advance(180_001);
    expect(tries()).toBe(5);
    await kept;
    expect(log.told.map(({ fields }) => fields['code'])).toEqual([
      'DATABASE_UNREACHABLE',
      'CLOCK',
      'LEASE_LOST',
      'LEASE_HELD',
    ]);
  });

  it.each<[ErrorCode]>([['LEASE_HELD'], ['RULES'], ['DATABASE_DENIED']])(
    'does not begin with %s',
    async (code) => {
      const { kept, tries } = failing(code);
      await expect(kept).rejects.toMatchObject({ code });
      expect(tries()).toBe(1);
    },
  );

  it('tries nothing again once it is told to stop', async () => {
    const { kept, tries } = failing('DATABASE_UNREACHABLE');
    await clock.advance(1_000);
    stop.abort();
    await clock.advance(0);
    await kept;
    expect(tries()).toBe(1);
  });
});

describe('a rest', () => {
  it('is over when it is due, or once something is so', async () => {
    const rested: string[] = [];
    let isOver = false;
    const rest = (name: string, ms: number, over: () => boolean) =>
      restUnless(() => Promise.resolve(over()), { clock, ms, signal: stop.signal }).then(() =>
        rested.push(name),
      );
    const all = [rest('due', 90_000, () => false), rest('over', 3_600_000, () => isOver)];
    await clock.advance(89_000);
    expect(rested).toEqual([]);
    await clock.advance(1_000);
    expect(rested).toEqual(['due']);
    isOver = true;
    await clock.advance(30_000);
    expect(rested).toEqual(['due', 'over']);
    await Promise.all(all);
  });
});
