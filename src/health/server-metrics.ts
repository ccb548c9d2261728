import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** From a look at one row to the longest question, in seconds. */
const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Numbers of a server that come and go, with what they are. */
export interface WatchedNumber {
  readonly name: string;
  readonly help: string;
  readonly read: () => number;
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
    for (const { name, help, read } of numbers) {
      const gauge = new Gauge({
        name,
        help,
        registers: [this.#registry],
        collect: () => {
          gauge.set(read());
        },
      });
    }
    for (const protocol of series.protocols)
      for (const outcome of series.outcomes) this.#received.inc({ protocol, outcome }, 0);
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
