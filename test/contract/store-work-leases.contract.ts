import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openWorkLeases } from '../../src/store/open.ts';
import type { WorkLease, WorkLeases } from '../../src/store/work-leases.ts';
import { SILENT, type StoreSubject } from './store-subject.ts';

const SECOND = 1_000;
const SEVERITY =
  "INSERT INTO service_severity (service_name, severity, \"count\") VALUES ('held', 'info', 1)";

/** A transaction under a lease, as the work of a database of this kind makes one. */
export interface ProtectedTransaction extends AsyncDisposable {
  run(sql: string): Promise<void>;
  protect(lease: WorkLease): Promise<void>;
  commit(): Promise<void>;
}

/** What a kind of database has for this. */
export interface LeaseSubject extends StoreSubject {
  begin(): Promise<ProtectedTransaction>;
}

/** What the leases of work are in every database. */
export function workLeasesContract(name: string, makeSubject: () => Promise<LeaseSubject>): void {
  describe(`${name}: leases of work`, () => {
    let subject: LeaseSubject;
    /** Those of two processes. */
    let here: WorkLeases;
    let there: WorkLeases;

    beforeAll(async () => {
      subject = await makeSubject();
      await (await subject.open()).migrate();
      here = openWorkLeases(subject.target, { log: SILENT });
      there = openWorkLeases(subject.target, { log: SILENT });
    });
    afterEach(async () => {
      vi.useRealTimers();
      await subject.sql("DELETE FROM lms_leases WHERE name IN ('a-job', 'another')");
      await subject.sql("DELETE FROM service_severity WHERE service_name = 'held'");
    });
    afterAll(async () => {
      await here.close();
      await there.close();
      await subject.dispose();
    });

    async function taken(leases: WorkLeases): Promise<WorkLease> {
      const lease = await leases.take('a-job');
      if (lease === undefined) throw new Error('somebody has the lease');
      return lease;
    }

    /** Moves the end of the lease to so many milliseconds from now, by the database's clock. */
    async function endIn(byMs: number): Promise<void> {
      const end = new Date(Date.now() + byMs).toISOString().replace('T', ' ').replace('Z', '000');
      await subject.sql(`UPDATE lms_leases SET expires_at = '${end}' WHERE name = 'a-job'`);
    }

    /** Seconds from now to the end of the lease. */
    async function leftSeconds(): Promise<number> {
      const [row] = await subject.sql("SELECT expires_at FROM lms_leases WHERE name = 'a-job'");
      return (Date.parse(`${String(row?.['expires_at']).slice(0, 23)}Z`) - Date.now()) / SECOND;
    }

    /** A transaction that changes a count under a lease. */
    async function change(lease: WorkLease): Promise<void> {
      await using transaction = await subject.begin();
      await transaction.run(SEVERITY);
      await transaction.protect(lease);
      await transaction.commit();
    }

    const changes = () => subject.sql("SELECT severity FROM service_severity WHERE service_name = 'held'");

    it('one has it until it gives it up; other work is nobody’s concern', async () => {
      const lease = await taken(here);
      expect(await there.take('a-job')).toBeUndefined();
      expect(await here.take('a-job')).toBeUndefined();
      expect(await there.take('another')).toMatchObject({ name: 'another' });
      await here.release(lease);
      expect(await there.take('a-job')).toMatchObject({ name: 'a-job' });
      expect(await subject.sql("SELECT owner FROM lms_leases WHERE name = 'repair'")).toEqual([
        { owner: null },
      ]);
    });

    it('of many that ask at once for what nobody ever had, one gets it', async () => {
      const asked = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? here : there).take('a-job'));
      expect((await Promise.all(asked)).filter((lease) => lease !== undefined)).toHaveLength(1);
    });

    it('whose owner is gone is another’s once its time is over, and no sooner', async () => {
      const lost = await taken(here);
      expect(await leftSeconds()).toBeGreaterThan(25);
      expect(await leftSeconds()).toBeLessThan(31);
      await endIn(-1);
      const lease = await taken(there);
      expect(lease.owner).not.toBe(lost.owner);
      expect(await here.renew(lost)).toBe(false);
      await here.release(lost);
      expect(await here.take('a-job')).toBeUndefined();
      expect(await there.renew(lease)).toBe(true);
    });

    it('renewed, it is good for as long as at first; late, too, if nobody has taken it', async () => {
      const lease = await taken(here);
      await endIn(5 * SECOND);
      expect(await here.renew(lease)).toBe(true);
      expect(await leftSeconds()).toBeGreaterThan(25);
      await endIn(-60 * SECOND);
      expect(await here.renew(lease)).toBe(true);
      expect(await there.take('a-job')).toBeUndefined();
    });

    it.each(['2001-01-01', '2099-01-01'])('the clock of a process does not count: %s', async (date) => {
      await taken(here);
      vi.useFakeTimers({ toFake: ['Date'], now: new Date(date) });
      expect(await there.take('a-job')).toBeUndefined();
      const lease = await there.take('another');
      vi.useRealTimers();
      expect(await here.take('another')).toBeUndefined();
      await endIn(-1);
      vi.setSystemTime(new Date(date));
      expect(await there.take('a-job')).toBeDefined();
      expect(lease && (await there.renew(lease))).toBe(true);
    });

    it('whose row somebody has removed is lost, and can be taken anew', async () => {
      const lost = await taken(here);
      await subject.sql("DELETE FROM lms_leases WHERE name = 'a-job'");
      expect(await here.renew(lost)).toBe(false);
      expect(await there.take('a-job')).toBeDefined();
    });

    it('taken while the database’s clock was wrong, nobody waits for it for years', async () => {
      await taken(here);
      await endIn(10_000 * 3_600 * SECOND);
      expect(await there.take('a-job')).toBeDefined();
    });

    it('a transaction under it is committed, and counted by its epoch', async () => {
      const lease = await taken(here);
      const epoch = () => subject.sql("SELECT epoch FROM lms_leases WHERE name = 'a-job'");
      const before = Number((await epoch())[0]?.['epoch']);
      await change(lease);
      expect(await changes()).toEqual([{ severity: 'info' }]);
      expect(Number((await epoch())[0]?.['epoch'])).toBe(before + 1);
    });

    it('a transaction of one who has lost it is not committed', async () => {
      const lease = await taken(here);
      await endIn(-1);
      // Nobody has taken it, but somebody could at any moment.
      await expect(change(lease)).rejects.toMatchObject({ code: 'LEASE_LOST' });
      await taken(there);
      await expect(change(lease)).rejects.toMatchObject({ code: 'LEASE_LOST' });
      expect(await changes()).toEqual([]);
      await endIn(-1);
      await expect(change({ ...lease, name: 'of-nobody' })).rejects.toMatchObject({ code: 'LEASE_LOST' });
      expect(await changes()).toEqual([]);
    });

    it('whoever takes it waits for the transaction that it protects', async () => {
      const lease = await taken(here);
      await endIn(SECOND);
      await using transaction = await subject.begin();
      await transaction.run(SEVERITY);
      await transaction.protect(lease);
      await vi.waitUntil(async () => (await leftSeconds()) < 0, { timeout: 10_000, interval: 50 });
      const taking = there.take('a-job');
      expect(await Promise.race([taking, pause(500, 'waits')])).toBe('waits');
      await transaction.commit();
      expect(await taking).toMatchObject({ name: 'a-job' });
      expect(await here.renew(lease)).toBe(false);
    });
  });
}
