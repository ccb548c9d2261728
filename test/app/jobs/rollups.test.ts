import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeRollupsJob } from '../../../src/app/jobs/rollups.ts';
import { loadSettings } from '../../../src/config/settings.ts';
import type { FillOptions, RollupCheck, Store } from '../../../src/store/store.ts';
import { sqliteSubject, type StoreSubject } from '../../contract/store-subject.ts';
import { RecordingLog } from '../../support/recording-log.ts';

const LEASE = { name: 'rollups', owner: 'this one' };
const SIGNAL = new AbortController().signal;
const HOUR_MS = 3_600_000;

describe('the job rollups', () => {
  let subject: StoreSubject;
  let store: Store;
  let inUse: boolean;
  let afterFill: RollupCheck;
  let fills: FillOptions[];
  let fillMs: number;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    subject = await sqliteSubject();
    store = await subject.open();
    await store.migrate();
    inUse = true;
    fills = [];
    fillMs = 1_000;
    afterFill = { inUse: true, wrong: 0 };
    vi.spyOn(store, 'rollupsInUse').mockImplementation(() => Promise.resolve(inUse));
    vi.spyOn(store, 'fillRollups').mockImplementation((options = {}) => {
      fills.push(options);
      vi.advanceTimersByTime(fillMs);
      inUse = afterFill.inUse;
      return Promise.resolve(afterFill);
    });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await subject.dispose();
  });

  const job = (log = new RecordingLog()) => {
    const { settings } = loadSettings({ flags: {}, env: {}, dotenvPath: undefined });
    return makeRollupsJob({ settings, log }, () => Promise.resolve(store));
  };

  it('leaves sums alone that are in use, and compares them once a day', async () => {
    const rollups = job();
    await rollups.run(LEASE, SIGNAL);
    expect(fills).toEqual([]);
    vi.advanceTimersByTime(24 * HOUR_MS);
    await rollups.run(LEASE, SIGNAL);
    await rollups.run(LEASE, SIGNAL);
    expect(fills).toEqual([{ lease: LEASE, signal: SIGNAL }]);
  });

  it('fills those that are not in use, under its lease, and says how many', async () => {
    inUse = false;
    afterFill = { inUse: true, wrong: 7 };
    const log = new RecordingLog();
    const rollups = job(log);
    expect(rollups.lagMs?.()).toBe(0);
    await rollups.run(LEASE, SIGNAL);
    expect(fills).toEqual([{ lease: LEASE, signal: SIGNAL }]);
    expect(log.told.map(({ message }) => message)).toEqual(['sums of counts were filled or mended']);
    expect(rollups.lagMs?.()).toBe(0);
  });

  it('takes a twentieth of the time while a release before writes, and says how long that goes on', async () => {
    inUse = false;
    afterFill = { inUse: false, wrong: 1 };
    const rollups = job();
    await rollups.run(LEASE, SIGNAL);
    vi.advanceTimersByTime(19_000);
    await rollups.run(LEASE, SIGNAL);
    expect(fills).toHaveLength(1);
    expect(rollups.lagMs?.()).toBe(20_000);
    vi.advanceTimersByTime(1_000);
    await rollups.run(LEASE, SIGNAL);
    expect(fills).toHaveLength(2);
  });
});
