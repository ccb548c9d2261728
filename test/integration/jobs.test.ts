import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../../src/app/jobs/job.ts';
import { openWorkLeases } from '../../src/store/open.ts';
import type { WorkLease } from '../../src/store/work-leases.ts';
import { mysqlLeaseSubject, sqliteLeaseSubject } from '../contract/lease-subjects.ts';
import { SILENT } from '../contract/store-subject.ts';
import type { LeaseSubject } from '../contract/store-work-leases.contract.ts';
import { startJobServer } from '../support/job-server.ts';

/** A lease is asked for every 5 s. */
const PATIENCE = { timeout: 30_000, interval: 50 };
const SUBJECTS = (
  [
    ['SQLite', sqliteLeaseSubject],
    ['MySQL', mysqlLeaseSubject],
  ] as const
).filter(([name]) => name !== 'SQLite' || process.env['LMS_TEST_SQLITE'] !== 'off');

/** A job that counts in the database, a transaction at a time. */
class CountingJob implements Job {
  readonly name = 'counting';
  readonly restMs = 1_000;
  readonly #subject: LeaseSubject;
  readonly #atWork: Set<CountingJob>;
  committed = 0;
  isClosed = false;
  wereAtOnce = 0;

  /** `atWork`: those of all servers that run. */
  constructor(subject: LeaseSubject, atWork: Set<CountingJob>) {
    this.#subject = subject;
    this.#atWork = atWork;
  }

  async run(lease: WorkLease, signal: AbortSignal): Promise<void> {
    this.#atWork.add(this);
    while (!signal.aborted) {
      this.wereAtOnce = Math.max(this.wereAtOnce, this.#atWork.size);
      await using transaction = await this.#subject.begin();
      await transaction.run('INSERT INTO jobs_done VALUES (1)');
      await transaction.protect(lease);
      await transaction.commit();
      this.committed += 1;
      await pause(100);
    }
    this.#atWork.delete(this);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

describe.each(SUBJECTS)('servers with jobs on one database, %s', (_, makeSubject) => {
  let subject: LeaseSubject;
  const atWork = new Set<CountingJob>();

  beforeEach(async () => {
    subject = await makeSubject();
    await (await subject.open()).migrate();
    await subject.sql('CREATE TABLE jobs_done (n INT)');
  });
  afterEach(() => subject.dispose());

  async function started() {
    const job = new CountingJob(subject, atWork);
    return { job, ...(await startJobServer(subject.target, job)) };
  }

  async function metricsOf({ url }: { readonly url: string }): Promise<string> {
    return (await fetch(`${url}/metrics`)).text();
  }

  it('one of them does a job, and another goes on when its server is killed or stops', async () => {
    const leases = openWorkLeases(subject.target, { log: SILENT });
    // What a server leaves behind that was killed.
    const dead = await leases.take('counting');
    expect(dead).toBeDefined();
    const servers = [await started(), await started()];
    expect(servers.map(({ job }) => job.committed)).toEqual([0, 0]);
    await subject.sql(
      "UPDATE lms_leases SET expires_at = '2026-01-01 00:00:00.000000' WHERE name = 'counting'",
    );
    const [first] = await vi.waitUntil(() => {
      const working = servers.filter(({ job }) => job.committed > 2);
      return working.length > 0 && working;
    }, PATIENCE);
    const second = servers.find((server) => server !== first);
    if (first === undefined || second === undefined) throw new Error('nobody works');
    expect(second.job.committed).toBe(0);
    expect(await metricsOf(first)).toContain('lms_job_held{job="counting"} 1\n');
    expect(await metricsOf(second)).toContain('lms_job_held{job="counting"} 0\n');
    await first.stop();
    expect(first.job.isClosed).toBe(true);
    await vi.waitUntil(() => second.job.committed > 2, PATIENCE);
    await second.stop();
    const both = first.job.committed + second.job.committed;
    expect(await subject.sql('SELECT COUNT(*) AS n FROM jobs_done')).toMatchObject([{ n: both }]);
    expect(Math.max(first.job.wereAtOnce, second.job.wereAtOnce)).toBe(1);
    expect(await subject.sql("SELECT owner, expires_at FROM lms_leases WHERE name = 'counting'")).toEqual([
      { owner: null, expires_at: null },
    ]);
    expect(dead && (await leases.renew(dead))).toBe(false);
    await leases.close();
    const told = [first, second].flatMap(({ log }) => log.told.map(({ message }) => message));
    expect(told.filter((message) => message.includes('job'))).toEqual([]);
  });
});
