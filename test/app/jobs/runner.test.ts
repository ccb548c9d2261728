import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALL_JOBS } from '../../../src/app/jobs/all.ts';
import type { Job } from '../../../src/app/jobs/job.ts';
import { JobRunner } from '../../../src/app/jobs/runner.ts';
import { JOB_NAMES } from '../../../src/config/job-names.ts';
import { LmsError } from '../../../src/errors/catalogue.ts';
import { ServerMetrics } from '../../../src/health/server-metrics.ts';
import { aborted } from '../../../src/pipeline/clock.ts';
import { leaseLost } from '../../../src/store/work-leases.ts';
import { FakeClock, settled } from '../../support/fake-clock.ts';
import { LeaseTable } from '../../support/memory-leases.ts';
import { numbersIn } from '../../support/metrics-text.ts';
import { RecordingLog } from '../../support/recording-log.ts';

/** The failover of a lease: until it runs out, and until it is asked for. */
const FAILOVER_MS = 35_000;
const DENIED = new LmsError('DATABASE_DENIED', 'lms lacks a privilege');
const AWAY = new LmsError('DATABASE_UNREACHABLE', 'the server cannot serve now');

let clock: FakeClock;
let table: LeaseTable;
const runners: JobRunner[] = [];

beforeEach(() => {
  clock = new FakeClock();
  table = new LeaseTable(clock);
});
afterEach(async () => {
  const stopping = Promise.all(runners.splice(0).map((runner) => runner.stop(0)));
  await clock.advance(0);
  await stopping;
});

/** A job that does what a test says, by default until it is told to end. */
class TestJob implements Job {
  readonly name = 'job';
  readonly restMs = 5_000;
  runs = 0;
  isClosed = false;
  work: (signal: AbortSignal) => Promise<void> = aborted;

  run(_: unknown, signal: AbortSignal): Promise<void> {
    this.runs += 1;
    return this.work(signal);
  }

  /** Known to whoever asks: another process may have got further meanwhile. */
  lagMs(): number {
    return 1_500;
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

/** A process that runs a job. */
function started(reach = () => Promise.resolve()) {
  const job = new TestJob();
  const log = new RecordingLog();
  const leases = table.seen();
  leases.reach = reach;
  const runner = new JobRunner([job], { leases, clock, log });
  runners.push(runner);
  runner.start();
  const [loop] = runner.loops;
  if (loop === undefined) throw new Error('there is no job');
  return { job, log, leases, runner, loop };
}

describe('jobs', () => {
  it('every job that JOBS may name is there, by its name', () => {
    expect(Object.keys(ALL_JOBS)).toEqual(JOB_NAMES);
  });

  it('of two processes one runs a job, and the other goes on when that is stopped', async () => {
    const [one, two] = [started(), started()];
    await clock.advance(3_600_000);
    expect([one.job.runs, two.job.runs]).toEqual([1, 0]);
    expect([one.loop.isHeld, two.loop.isHeld]).toEqual([true, false]);
    await one.runner.stop(1_000);
    await clock.advance(10_000);
    expect([one.loop.isHeld, two.loop.isHeld]).toEqual([false, true]);
    expect(one.log.told.concat(two.log.told)).toEqual([]);
  });

  it('of two processes one is gone without a word: the other goes on once the lease has run out', async () => {
    // A process that was killed: it has the lease, and renews it no more.
    table.take('job');
    const { job } = started();
    await clock.advance(29_000);
    expect(job.runs).toBe(0);
    await clock.advance(FAILOVER_MS - 29_000);
    expect(job.runs).toBe(1);
  });

  it('a process that reaches the database no more stops its job before another begins', async () => {
    const one = started();
    await settled();
    const two = started();
    one.leases.reach = () => Promise.reject(AWAY);
    let atOnce = 0;
    two.job.work = (signal) => {
      atOnce = one.loop.isHeld ? 2 : 1;
      return aborted(signal);
    };
    await clock.advance(FAILOVER_MS);
    expect(atOnce).toBe(1);
    expect(one.loop.numbers).toMatchObject({ runs: 1, leasesLost: 1 });
    one.leases.reach = () => Promise.resolve();
    await clock.advance(600_000);
    expect([one.job.runs, two.job.runs]).toEqual([1, 1]);
  });

  it('a run that came to an end rests before the next, however many servers there are', async () => {
    const [one, two] = [started(), started()];
    for (const { job } of [one, two]) job.work = () => Promise.resolve();
    await clock.advance(4_999);
    expect(one.job.runs).toBe(1);
    await clock.advance(10_001);
    expect(one.job.runs).toBe(4);
    await clock.advance(600_000);
    expect([one.job.runs, two.job.runs]).toEqual([124, 0]);
  });

  it('what fails again and again is told once, tried once a minute at least, and told when it is over', async () => {
    const { job, log, loop } = started();
    job.work = () => Promise.reject(AWAY);
    await clock.advance(3_600_000);
    expect(log.told).toMatchObject([
      { level: 'warn', fields: { job: 'job', reason: AWAY.message, code: 'DATABASE_UNREACHABLE' } },
    ]);
    expect(job.runs).toBeGreaterThan(60);
    expect(job.runs).toBeLessThan(300);
    expect(loop.numbers.failures).toBe(job.runs);
    job.work = () => Promise.resolve();
    await clock.advance(60_000);
    expect(log.told.slice(1)).toMatchObject([{ level: 'info', message: 'a job works again' }]);
  });

  it('so is what says another time with each try', async () => {
    const { job, log } = started();
    job.work = () =>
      Promise.reject(new LmsError('CLOCK', `the database's clock says ${String(clock.now())}: it is wrong`));
    await clock.advance(3_600_000);
    expect(log.told).toMatchObject([{ level: 'warn', fields: { code: 'CLOCK' } }]);
  });

  it('a job that fails here goes on elsewhere', async () => {
    const [one, two] = [started(), started()];
    one.job.work = () => Promise.reject(AWAY);
    await clock.advance(60_000);
    expect(two.loop.isHeld).toBe(true);
  });

  it('a right that lacks is told once, with where to look for it', async () => {
    const { job, log, leases } = started(() => Promise.reject(DENIED));
    await clock.advance(3_600_000);
    expect(job.runs).toBe(0);
    expect(log.told).toHaveLength(1);
    expect(log.told[0]).toMatchObject({ level: 'warn', fields: { reason: DENIED.message } });
    expect(log.told[0]?.message).toMatch(/docs\/operations\.md \(Rights\).*JOBS=none/);
    // Granted later, it works without a restart.
    leases.reach = () => Promise.resolve();
    await clock.advance(60_000);
    expect(job.runs).toBe(1);
  });

  it('a failure that nobody expected has its stack in the log, and the server goes on', async () => {
    const { job, log } = started();
    const bug = new TypeError('undefined is not a function');
    job.work = () => {
      throw bug;
    };
    await clock.advance(1);
    expect(log.told).toMatchObject([{ level: 'error', fields: { err: bug } }]);
  });

  it('a transaction that finds the lease lost ends the run, without a retry of its own', async () => {
    const { job, loop, log } = started();
    job.work = () => Promise.reject(leaseLost('job'));
    await clock.advance(1);
    expect(loop.numbers).toEqual({ runs: 1, failures: 0, leasesLost: 1 });
    expect(log.told).toMatchObject([{ level: 'warn' }]);
  });

  it('a stop waits for the run, and closes', async () => {
    const { job, leases, runner, log } = started();
    const end = Promise.withResolvers<undefined>();
    job.work = () => end.promise;
    await settled();
    const stopping = runner.stop(10_000);
    await clock.advance(9_000);
    expect(job.isClosed).toBe(false);
    end.resolve(undefined);
    await stopping;
    expect(job.isClosed && leases.isClosed).toBe(true);
    expect(table.rows.size).toBe(0);
    expect(log.told).toEqual([]);
  });

  it('a stop waits no longer than it may; the lease of what still runs is not given up', async () => {
    const { job, runner, log } = started();
    job.work = () => new Promise(() => undefined);
    await settled();
    const stopping = runner.stop(10_000);
    await clock.advance(10_000);
    await stopping;
    expect(job.isClosed).toBe(true);
    expect(table.rows.size).toBe(1);
    expect(log.told).toMatchObject([{ level: 'warn', fields: { jobs: ['job'] } }]);
  });

  it('a stop ends the waiting for a lease and for the next try at once', async () => {
    const [one, two] = [started(), started()];
    one.job.work = () => Promise.reject(AWAY);
    await clock.advance(1);
    await one.runner.stop(10_000);
    await two.runner.stop(10_000);
    expect(clock.timers).toBe(0);
  });

  it('metrics show who does a job, how often, and how far it is behind', async () => {
    const [one, two] = [started(), started()];
    await settled();
    const numbers = async ({ runner }: typeof one) => {
      const metrics = new ServerMetrics();
      metrics.watchJobs(runner.loops);
      return numbersIn((await metrics.text()).body);
    };
    const here = await numbers(one);
    expect(here.get('lms_job_held{job="job"}')).toBe(1);
    expect(here.get('lms_job_runs_total{job="job"}')).toBe(1);
    expect(here.get('lms_job_failures_total{job="job"}')).toBe(0);
    expect(here.get('lms_job_leases_lost_total{job="job"}')).toBe(0);
    expect(here.get('lms_job_lag_seconds{job="job"}')).toBe(1.5);
    const there = await numbers(two);
    expect(there.get('lms_job_held{job="job"}')).toBe(0);
    expect(there.has('lms_job_lag_seconds{job="job"}')).toBe(false);
  });
});
