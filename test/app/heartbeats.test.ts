import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Heartbeats } from '../../src/app/heartbeats.ts';
import { StoreError } from '../../src/pipeline/ports.ts';
import type { Heartbeat } from '../../src/store/processes.ts';
import { heartbeat } from '../support/heartbeats.ts';
import { RecordingLog } from '../support/recording-log.ts';

const AWAY = new StoreError('transient', 'ECONNREFUSED', 'connect ECONNREFUSED');
const DENIED = new StoreError('fatal', 'ER_TABLEACCESS_DENIED_ERROR', 'the user lacks a privilege');

/** A store that does with heartbeats what a test says. */
class HeartbeatStore {
  readonly written: Heartbeat[] = [];
  tries = 0;
  sweeps = 0;
  outcome: () => Promise<void> = () => Promise.resolve();
  sweep: () => Promise<void> = () => Promise.resolve();

  async beat(look: () => Heartbeat): Promise<void> {
    this.tries += 1;
    await this.outcome();
    this.written.push(look());
  }

  async forgetProcesses(): Promise<void> {
    this.sweeps += 1;
    await this.sweep();
  }
}

function begun() {
  const store = new HeartbeatStore();
  const log = new RecordingLog();
  const look = (isOver: boolean) => heartbeat({ state: isOver ? 'stopped' : 'running' });
  return { store, log, heartbeats: new Heartbeats({ store, log, look }) };
}

describe('heartbeats', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('come at the start, every 10 s, and for the last time at the stop', async () => {
    const { store, log, heartbeats } = begun();
    heartbeats.start();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(store.written).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(20_001);
    expect(store.written).toHaveLength(4);
    await heartbeats.stop();
    await heartbeats.stop();
    heartbeats.beat();
    await vi.advanceTimersByTimeAsync(60_000);
    const states = store.written.map(({ state }) => state);
    expect(states).toEqual(['running', 'running', 'running', 'running', 'stopped']);
    expect(log.lines).toEqual([]);
  });

  it('are left out while one is under way, and not made up for', async () => {
    const { store, heartbeats } = begun();
    const slow = Promise.withResolvers<undefined>();
    store.outcome = () => slow.promise.then(() => undefined);
    heartbeats.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(store.tries).toBe(1);
    store.outcome = () => Promise.resolve();
    slow.resolve(undefined);
    await vi.advanceTimersByTimeAsync(0);
    expect(store.written).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(store.written).toHaveLength(2);
  });

  it('the last one waits for the one before, or that would be written over it', async () => {
    const { store, heartbeats } = begun();
    const slow = Promise.withResolvers<undefined>();
    store.outcome = () => slow.promise.then(() => undefined);
    heartbeats.start();
    await vi.advanceTimersByTimeAsync(0);
    const stopped = heartbeats.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(store.tries).toBe(1);
    slow.resolve(undefined);
    await stopped;
    expect(store.tries).toBe(2);
    expect(store.written.at(-1)).toMatchObject({ state: 'stopped' });
  });

  it('come again after the database was away, without a word of it', async () => {
    const { store, log, heartbeats } = begun();
    store.outcome = () => Promise.reject(AWAY);
    heartbeats.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(store.tries).toBe(7);
    expect(log.told).toEqual([]);
    store.outcome = () => Promise.resolve();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(store.written).toHaveLength(1);
  });

  it('that are refused are one warning which says what to grant, and no more is tried', async () => {
    const { store, log, heartbeats } = begun();
    store.outcome = () => Promise.reject(DENIED);
    heartbeats.start();
    await vi.advanceTimersByTimeAsync(60_000);
    await heartbeats.stop();
    expect(store.tries).toBe(1);
    expect(store.sweeps).toBe(0);
    expect(log.told).toMatchObject([{ level: 'warn', fields: { reason: 'the user lacks a privilege' } }]);
    expect(log.told[0]?.message).toContain('SELECT, INSERT, UPDATE and DELETE on lms_processes');
  });

  it('remove old rows at the first and then once an hour', async () => {
    const { store, heartbeats } = begun();
    heartbeats.start();
    await vi.advanceTimersByTimeAsync(3_599_000);
    expect(store.sweeps).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(store.sweeps).toBe(2);
  });

  it('go on where old rows may not be removed: one warning, and no more is tried of that', async () => {
    const { store, log, heartbeats } = begun();
    store.sweep = () => Promise.reject(DENIED);
    heartbeats.start();
    await vi.advanceTimersByTimeAsync(7_200_000);
    expect(store.sweeps).toBe(1);
    expect(store.written.length).toBeGreaterThan(700);
    expect(log.told).toHaveLength(1);
  });

  it('whose own making fails are a warning, and nobody else notices', async () => {
    const log = new RecordingLog();
    const broken = () => {
      throw new TypeError('broken');
    };
    const heartbeats = new Heartbeats({ store: new HeartbeatStore(), log, look: broken });
    heartbeats.start();
    await vi.advanceTimersByTimeAsync(30_000);
    await heartbeats.stop();
    expect(log.told).toMatchObject([{ fields: { reason: 'broken' } }]);
  });

  it('that fail at the stop are no warning: the store may be closed', async () => {
    const { store, log, heartbeats } = begun();
    heartbeats.start();
    await vi.advanceTimersByTimeAsync(0);
    store.outcome = () => Promise.reject(new StoreError('fatal', 'STORE_CLOSED', 'the store is closed'));
    await heartbeats.stop();
    expect(log.told).toEqual([]);
  });
});

it('a process with heartbeats ends when its work does', async () => {
  const url = new URL('../../src/app/heartbeats.ts', import.meta.url).href;
  const script = `const { Heartbeats } = await import('${url}');
    const store = { beat: async () => undefined, forgetProcesses: async () => undefined };
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    new Heartbeats({ store, log, look: () => undefined }).start();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  expect(await once(child, 'exit')).toEqual([0, null]);
});
