import { beforeEach, describe, expect, it } from 'vitest';
import { type LeasedWork, underLease } from '../../../src/app/jobs/under-lease.ts';
import { aborted } from '../../../src/pipeline/clock.ts';
import { FakeClock, settled } from '../../support/fake-clock.ts';
import { LeaseTable, type MemoryLeases } from '../../support/memory-leases.ts';
import { RecordingLog } from '../../support/recording-log.ts';

const NEVER = new Promise<never>(() => undefined);
const LOST = { code: 'LEASE_LOST' };

let clock: FakeClock;
let table: LeaseTable;
let leases: MemoryLeases;
let stop: AbortController;

beforeEach(() => {
  clock = new FakeClock();
  table = new LeaseTable(clock);
  leases = table.seen();
  stop = new AbortController();
});

/** Begins work under the lease `job`. */
function begun<T>(work: LeasedWork<T>['work']) {
  const outcome = underLease({
    leases,
    name: 'job',
    clock,
    log: new RecordingLog(),
    stop: stop.signal,
    work,
  });
  // Looked at later.
  outcome.catch(() => undefined);
  return outcome;
}

/** Work that goes on until it is told to end. */
const untilTold: LeasedWork<string>['work'] = async (_, signal) => {
  await aborted(signal);
  return 'ended';
};

const away = () => Promise.reject(new Error('the database is away'));

describe('work under a lease', () => {
  it('is done while nobody else may do it, and then another may at once', async () => {
    const work = Promise.withResolvers<string>();
    const outcome = begun(() => work.promise);
    await settled();
    expect(table.take('job')).toBeUndefined();
    work.resolve('done');
    expect(await outcome).toEqual({ result: 'done' });
    expect(table.rows.size).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it('is not begun while another has the lease', async () => {
    table.take('job');
    let isBegun = false;
    const outcome = begun(() => {
      isBegun = true;
      return Promise.resolve();
    });
    expect(await outcome).toBeUndefined();
    expect(isBegun).toBe(false);
  });

  it('keeps the lease for as long as it takes, by a renewal every 10 s', async () => {
    const work = Promise.withResolvers<string>();
    const outcome = begun(() => work.promise);
    await clock.advance(9_999);
    expect(leases.renewals).toBe(0);
    await clock.advance(3_600_000 - 9_999);
    expect(leases.renewals).toBe(360);
    expect(table.take('job')).toBeUndefined();
    work.resolve('done');
    expect(await outcome).toEqual({ result: 'done' });
  });

  it('goes on while renewals fail for a while', async () => {
    const outcome = begun(untilTold);
    await clock.advance(9_000);
    leases.reach = away;
    await clock.advance(14_000);
    leases.reach = () => Promise.resolve();
    await clock.advance(60_000);
    expect(table.take('job')).toBeUndefined();
    stop.abort();
    expect(await outcome).toEqual({ result: 'ended' });
  });

  it.each([
    ['fail', away],
    ['do not come back', () => NEVER],
  ])('is told to end before another may begin, when renewals %s', async (_, reach) => {
    let endedAtMs = NaN;
    const outcome = begun(async (lease, signal) => {
      await untilTold(lease, signal);
      endedAtMs = clock.now();
      leases.reach = away;
      return 'ended';
    });
    await clock.advance(10_000);
    leases.reach = reach;
    await clock.advance(24_999);
    expect(endedAtMs).toBeNaN();
    await clock.advance(1);
    expect(endedAtMs).toBe(35_000);
    await expect(outcome).rejects.toMatchObject(LOST);
    expect(table.take('job')).toBeUndefined();
    await clock.advance(5_000);
    expect(table.take('job')).toBeDefined();
    expect(clock.timers).toBe(0);
  });

  it('is told to end when another has taken the lease, which stays the other’s', async () => {
    const outcome = begun(untilTold);
    await clock.advance(15_000);
    table.rows.delete('job');
    const other = table.take('job');
    await clock.advance(5_000);
    await expect(outcome).rejects.toMatchObject(LOST);
    expect(other && table.renew(other)).toBe(true);
  });

  it('that fails rejects with what it failed with, and the lease is free', async () => {
    const failure = new Error('what the work failed with');
    await expect(begun(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(table.rows.size).toBe(0);
  });

  it('ends at a stop, and the lease is free', async () => {
    const outcome = begun(untilTold);
    await settled();
    stop.abort();
    expect(await outcome).toEqual({ result: 'ended' });
    expect(table.rows.size).toBe(0);
  });

  it('whose lease cannot be given up is done all the same: the lease runs out', async () => {
    const outcome = begun(() => {
      leases.reach = away;
      return Promise.resolve('done');
    });
    expect(await outcome).toEqual({ result: 'done' });
    expect(table.rows.size).toBe(1);
  });

  it('is not begun when the lease cannot be asked for', async () => {
    leases.reach = away;
    await expect(begun(untilTold)).rejects.toThrow('the database is away');
    expect(clock.timers).toBe(0);
  });
});
