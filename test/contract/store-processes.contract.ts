import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EntryReader } from '../../src/query/answers/ports.ts';
import { millisecondsOf } from '../../src/query/answers/processes.ts';
import { openEntryReader } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { heartbeat } from '../support/heartbeats.ts';
import { SILENT, type StoreSubject } from './store-subject.ts';

const NEVER = new AbortController().signal;
const OTHER = { id: 'another', pid: 4_712 };

/** What every store and reader makes of the heartbeats of processes. */
export function processesContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: heartbeats`, () => {
    let subject: StoreSubject;
    let store: Store;
    let reader: EntryReader;

    beforeEach(async () => {
      subject = await makeSubject();
      store = await subject.open();
      await store.migrate();
      reader = await openEntryReader(subject.target, { log: SILENT });
    });
    afterEach(async () => {
      await reader.close();
      await subject.dispose();
    });

    it('without any, no process is known, and the time is the database’s', async () => {
      const { now, processes } = await reader.processes(NEVER);
      expect(processes).toEqual([]);
      expect(now).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
      expect(Math.abs(millisecondsOf(now) - Date.now())).toBeLessThan(60_000);
    });

    it('what a process says is read as it said it, at the times of the database’s clock', async () => {
      await store.beat(() => heartbeat());
      const { now, processes } = await reader.processes(NEVER);
      const { runsForMs, sinceFlushMs, ...said } = heartbeat();
      expect(processes).toEqual([
        {
          ...said,
          startedAt: expect.any(String) as string,
          seenAt: expect.any(String) as string,
          lastFlushAt: expect.any(String) as string,
        },
      ]);
      const [{ startedAt, seenAt, lastFlushAt = '' } = { startedAt: '', seenAt: '' }] = processes;
      expect(millisecondsOf(seenAt) - millisecondsOf(startedAt)).toBeCloseTo(runsForMs, -1);
      expect(millisecondsOf(seenAt) - millisecondsOf(lastFlushAt)).toBeCloseTo(sinceFlushMs ?? NaN, -1);
      expect(seenAt <= now).toBe(true);
      expect(millisecondsOf(now) - millisecondsOf(seenAt)).toBeLessThan(10_000);
    });

    it('a process has one row, which is what it said last; when it started stays', async () => {
      await store.beat(() => heartbeat());
      const [before] = (await reader.processes(NEVER)).processes;
      const nothing = { sinceFlushMs: undefined, oldestHeldAt: undefined, ledger: undefined };
      const last = heartbeat({ state: 'stopped', heldMessages: 0, heldBytes: 0, runsForMs: 5, ...nothing });
      await store.beat(() => last);
      const { processes } = await reader.processes(NEVER);
      expect(processes).toMatchObject([
        { state: 'stopped', heldMessages: 0, heldBytes: 0, startedAt: before?.startedAt },
      ]);
      const [after] = processes;
      expect([after?.lastFlushAt, after?.oldestHeldAt, after?.ledger]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      expect((after?.seenAt ?? '') > (before?.seenAt ?? '~')).toBe(true);
    });

    it('those that started first come first', async () => {
      await store.beat(() => heartbeat(OTHER));
      await store.beat(() => heartbeat({ runsForMs: 90_000 }));
      const { processes } = await reader.processes(NEVER);
      expect(processes.map(({ pid }) => pid)).toEqual([4_711, 4_712]);
    });

    it('a ledger of a release with other counts is read as far as it is known', async () => {
      await store.beat(() => heartbeat());
      await subject.sql(`UPDATE lms_processes SET ledger = '{"received": 7, "stored": "?", "later": 1}'`);
      const { processes } = await reader.processes(NEVER);
      expect(processes).toMatchObject([{ ledger: { received: 7, stored: 0, discarded: 0, held: 0 } }]);
    });

    it('rows of processes that were not seen for a day are removed, and no others', async () => {
      await store.beat(() => heartbeat());
      await store.beat(() => heartbeat(OTHER));
      await store.forgetProcesses();
      expect((await reader.processes(NEVER)).processes).toHaveLength(2);
      const { now } = await reader.processes(NEVER);
      const longAgo = new Date(millisecondsOf(now) - 86_401_000).toISOString().replace('T', ' ').slice(0, 23);
      await subject.sql(`UPDATE lms_processes SET seen_at = '${longAgo}000' WHERE pid = 4711`);
      await store.forgetProcesses();
      expect((await reader.processes(NEVER)).processes).toMatchObject([OTHER]);
    });

    it('a name of any length has its place', async () => {
      await store.beat(() => heartbeat({ host: 'm'.repeat(300), release: '1'.repeat(100) }));
      const { processes } = await reader.processes(NEVER);
      expect(processes).toMatchObject([{ host: 'm'.repeat(255), release: '1'.repeat(64) }]);
    });

    it('a table that is missing is fatal to a heartbeat, and asks a reader for a migration', async () => {
      await subject.sql('DROP TABLE lms_processes');
      await expect(store.beat(() => heartbeat())).rejects.toMatchObject({ verdict: 'fatal' });
      await expect(store.forgetProcesses()).rejects.toMatchObject({ verdict: 'fatal' });
      await expect(reader.processes(NEVER)).rejects.toMatchObject({ code: 'SCHEMA_VERSION' });
    });
  });
}
