import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { REJECTION_CODES } from '../logs/rejection.ts';
import { FLUSH_REASONS, type FlushReason } from '../pipeline/buffer.ts';
import { type Verdict, VERDICTS } from '../pipeline/ports.ts';
import type { WorkerEvents } from '../pipeline/status.ts';
import { COUNTERS, GAUGES, type Metric } from './metrics.ts';
import { readinessOf, type Watched } from './readiness.ts';
import { showStorage, type WatchedStorage } from './storage-metrics.ts';

/** From a small batch on a fast disk to an outage of ten minutes, in seconds. */
const FLUSH_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];
/** Up to the largest BATCHSIZE. */
const ROW_BUCKETS = [1, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000];

/** A worker's metrics for Prometheus, and those of its process. */
export class PrometheusMetrics implements WorkerEvents {
  readonly #registry = new Registry();
  readonly #flushSeconds: Histogram<'reason'>;
  readonly #batchRows: Histogram;
  readonly #failedWrites: Counter<'verdict'>;
  readonly #watched: () => Watched | undefined;

  /**
   * Both are asked at every scrape; while `watched` is undefined, numbers are 0, and while `storage` is, there are none
   * of it.
   */
  constructor(
    watched: () => Watched | undefined,
    storage: () => WatchedStorage | undefined = () => undefined,
  ) {
    this.#watched = watched;
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#readiness();
    for (const metric of COUNTERS) this.#counter(metric);
    this.#deadLetters();
    this.#screening();
    for (const metric of GAUGES) this.#gauge(metric);
    showStorage(this.#registry, storage);
    this.#flushSeconds = new Histogram({
      name: 'lms_flush_duration_seconds',
      help: 'Time from taking a batch to the end of its flush, retries included.',
      labelNames: ['reason'],
      buckets: FLUSH_BUCKETS,
      registers,
    });
    this.#batchRows = new Histogram({
      name: 'lms_batch_rows',
      help: 'Rows of a flushed batch, duplicates included.',
      buckets: ROW_BUCKETS,
      registers,
    });
    this.#failedWrites = new Counter({
      name: 'lms_write_failures_total',
      help: 'Failed writes: transient ones are tried again, row ones in halves, a fatal one ends the worker.',
      labelNames: ['verdict'],
      registers,
    });
    // A series that is there from the start has an increase when its first event comes.
    for (const reason of FLUSH_REASONS) this.#flushSeconds.zero({ reason });
    for (const verdict of VERDICTS) this.#failedWrites.inc({ verdict }, 0);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything, in the text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  flushed(reason: FlushReason, rows: number, tookMs: number): void {
    this.#flushSeconds.observe({ reason }, tookMs / 1000);
    this.#batchRows.observe(rows);
  }

  writeFailed(verdict: Verdict): void {
    this.#failedWrites.inc({ verdict });
  }

  #readiness(): void {
    const gauge = new Gauge({
      name: 'lms_ready',
      help: '1 if the worker can do its work; 0 if not, and /readyz says why.',
      registers: [this.#registry],
      collect: () => {
        gauge.set(readinessOf(this.#watched(), new Date()).ready ? 1 : 0);
      },
    });
  }

  #counter({ name, help, read }: Metric): void {
    const counter = new Counter({
      name,
      help,
      registers: [this.#registry],
      collect: () => {
        const watched = this.#watched();
        counter.reset();
        if (watched) counter.inc(read(watched));
      },
    });
  }

  #deadLetters(): void {
    const counter = new Counter({
      name: 'lms_entries_dead_lettered_total',
      help: 'Entries published to the dead-letter topic, by what was wrong with them (docs/errors.md).',
      labelNames: ['code'],
      registers: [this.#registry],
      collect: () => {
        const counts = this.#watched()?.worker.ledger.deadLetterCodes;
        counter.reset();
        for (const code of REJECTION_CODES) counter.inc({ code }, counts?.get(code) ?? 0);
      },
    });
  }

  #screening(): void {
    this.#labelled(
      {
        name: 'lms_redactions_total',
        help: 'Replacements by REDACT, by the rule as it was written.',
        label: 'rule',
      },
      ({ worker }) => worker.screening?.redactions,
    );
    this.#labelled(
      {
        name: 'lms_service_entries_discarded_total',
        help: 'Entries that DISCARD says are not to be kept, by service; of very many, the last are one.',
        label: 'service',
      },
      ({ worker }) => worker.screening?.discardedByService,
    );
  }

  /** Counts that a worker keeps by names which are not known before. */
  #labelled(
    { name, help, label }: { readonly name: string; readonly help: string; readonly label: string },
    read: (watched: Watched) => ReadonlyMap<string, number> | undefined,
  ): void {
    const counter = new Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.#registry],
      collect: () => {
        const watched = this.#watched();
        counter.reset();
        for (const [value, count] of (watched && read(watched)) ?? []) counter.inc({ [label]: value }, count);
      },
    });
  }

  #gauge({ name, help, read }: Metric): void {
    const gauge = new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect: () => {
        const watched = this.#watched();
        if (watched) gauge.set(read(watched));
      },
    });
  }
}
