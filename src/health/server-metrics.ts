import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { showStorage, type WatchedStorage } from './storage-metrics.ts';

/** From a look at one row to the longest question, in seconds. */
const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Numbers of a server that come and go, with what they are. */
export interface WatchedNumber {
  readonly name: string;
  readonly help: string;
  /** It only ever grows. */
  readonly isCounter?: boolean;
  readonly read: () => number;
}

/** A job that a server may run, as it stands. */
export interface WatchedJob {
  readonly name: string;
  /** Whether this process does it now. */
  readonly isHeld: boolean;
  /** Since the start. */
  readonly numbers: Readonly<Record<'runs' | 'failures' | 'leasesLost', number>>;
  /** How far its work is behind, if that is known here. */
  readonly lagMs: number | undefined;
  /** Rules of retention that it does, as they stand. */
  readonly retention: readonly WatchedRule[];
}

/** A rule of retention that deletes. */
export interface WatchedRule {
  readonly rule: string;
  readonly deletedRows: number;
  readonly overdueMs: number;
  readonly overdueRows: number | undefined;
  readonly lastRunAtMs: number | undefined;
}

/** A server's metrics for Prometheus, and those of its process. */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #seconds: Histogram<'method' | 'route' | 'status'>;
  readonly #rowsRead: Counter;
  readonly #rowsReturned: Counter;
  readonly #received: Counter<'protocol' | 'outcome'>;

  constructor() {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#seconds = new Histogram({
      name: 'lms_http_request_duration_seconds',
      help: 'Time from the headers of a request to the end of its answer, by route.',
      labelNames: ['method', 'route', 'status'],
      buckets: LATENCY_BUCKETS,
      registers,
    });
    this.#rowsRead = new Counter({
      name: 'lms_query_rows_read_total',
      help: 'Rows that the database looked at for questions.',
      registers,
    });
    this.#rowsReturned = new Counter({
      name: 'lms_query_rows_returned_total',
      help: 'Rows that it returned of them: far fewer are a question that wants an index.',
      registers,
    });
    this.#received = new Counter({
      name: 'lms_intake_entries_total',
      help: 'Entries that came in by HTTP, by protocol and what became of them.',
      labelNames: ['protocol', 'outcome'],
      registers,
    });
  }

  /** Shows numbers, and counters from the start: an increase is seen when their first event comes. */
  watch(
    numbers: readonly WatchedNumber[],
    series: { readonly protocols: readonly string[]; readonly outcomes: readonly string[] },
  ): void {
    for (const number of numbers) this.#watchNumber(number);
    for (const protocol of series.protocols)
      for (const outcome of series.outcomes) this.#received.inc({ protocol, outcome }, 0);
  }

  #watchNumber({ name, help, isCounter, read }: WatchedNumber): void {
    const registers = [this.#registry];
    if (isCounter === true) {
      const collect = () => {
        counter.reset();
        counter.inc(read());
      };
      const counter = new Counter({ name, help, registers, collect });
      return;
    }
    const collect = () => {
      gauge.set(read());
    };
    const gauge = new Gauge({ name, help, registers, collect });
  }

  /** Shows how large the tables are, as far as that is known. */
  watchStorage(read: () => WatchedStorage | undefined): void {
    showStorage(this.#registry, read);
  }

  /** Shows what becomes of jobs. */
  watchJobs(jobs: readonly WatchedJob[]): void {
    this.#jobGauge('lms_job_held', '1 where the job is done by this process now.', jobs, ({ isHeld }) =>
      isHeld ? 1 : 0,
    );
    const lag = 'How far the work of the job is behind, in seconds, where that is known.';
    this.#jobGauge('lms_job_lag_seconds', lag, jobs, ({ lagMs }) =>
      lagMs === undefined ? undefined : lagMs / 1_000,
    );
    const runs = 'Runs of the job that began in this process.';
    this.#jobCounter('lms_job_runs_total', runs, jobs, ({ numbers }) => numbers.runs);
    const failures = 'Failures of the job, of taking its lease included.';
    this.#jobCounter('lms_job_failures_total', failures, jobs, ({ numbers }) => numbers.failures);
    const lost = 'Runs that ended because the lease was lost: another process went on.';
    this.#jobCounter('lms_job_leases_lost_total', lost, jobs, ({ numbers }) => numbers.leasesLost);
    this.#watchRetention(jobs);
  }

  #watchRetention(jobs: readonly WatchedJob[]): void {
    const rules = () => jobs.flatMap(({ retention }) => retention);
    const deleted = 'Entries that the rule of retention has deleted since it is in force.';
    this.#ruleSeries(Counter, 'lms_retention_deleted_rows_total', deleted, rules, (rule) => rule.deletedRows);
    const overdue = 'For how long entries have been old enough for the rule to delete them, at most.';
    this.#ruleSeries(
      Gauge,
      'lms_retention_overdue_seconds',
      overdue,
      rules,
      (rule) => rule.overdueMs / 1_000,
    );
    const left = 'Entries that a run is about to delete by the rule, where counts say how many.';
    this.#ruleSeries(Gauge, 'lms_retention_overdue_rows', left, rules, (rule) => rule.overdueRows);
    const last = 'When the rule last came to its end, in Unix seconds.';
    this.#ruleSeries(Gauge, 'lms_retention_last_run_timestamp_seconds', last, rules, ({ lastRunAtMs }) =>
      lastRunAtMs === undefined ? undefined : lastRunAtMs / 1_000,
    );
  }

  #ruleSeries(
    Kind: typeof Gauge | typeof Counter,
    name: string,
    help: string,
    rules: () => readonly WatchedRule[],
    read: (rule: WatchedRule) => number | undefined,
  ): void {
    const series = new Kind({
      name,
      help,
      labelNames: ['rule'],
      registers: [this.#registry],
      collect: () => {
        series.reset();
        for (const rule of rules()) {
          const value = read(rule);
          if (value !== undefined) series.inc({ rule: rule.rule }, value);
        }
      },
    });
  }

  #jobGauge(
    name: string,
    help: string,
    jobs: readonly WatchedJob[],
    read: (job: WatchedJob) => number | undefined,
  ): void {
    const gauge = new Gauge({
      name,
      help,
      labelNames: ['job'],
      registers: [this.#registry],
      collect: () => {
        gauge.reset();
        for (const job of jobs) {
          const value = read(job);
          if (value !== undefined) gauge.set({ job: job.name }, value);
        }
      },
    });
  }

  #jobCounter(
    name: string,
    help: string,
    jobs: readonly WatchedJob[],
    read: (job: WatchedJob) => number,
  ): void {
    const counter = new Counter({
      name,
      help,
      labelNames: ['job'],
      registers: [this.#registry],
      collect: () => {
        counter.reset();
        for (const job of jobs) counter.inc({ job: job.name }, read(job));
      },
    });
  }

  answered({
    method,
    route,
    status,
    tookMs,
  }: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly tookMs: number;
  }): void {
    this.#seconds.observe({ method, route, status: String(status) }, tookMs / 1_000);
  }

  read(rowsRead: number, rowsReturned: number): void {
    this.#rowsRead.inc(rowsRead);
    this.#rowsReturned.inc(rowsReturned);
  }

  received(protocol: string, outcome: string, entries: number): void {
    this.#received.inc({ protocol, outcome }, entries);
  }

  /** All of them. */
  async text(): Promise<{ readonly contentType: string; readonly body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}
