import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { agentReadiness, lagSeconds, type WatchedAgent, type WatchedInput } from './agent-readiness.ts';

/** Inputs have series of their own up to so many; the others are one together. */
const MAX_INPUTS = 200;
const OTHERS = '(others)';
/** Counters of an input's own have series up to so many, if they are named as metrics are. */
const MAX_EVENTS = 32;
const EVENT = /^[a-z][a-z0-9_]{0,39}$/;
/** Those of them that go down as well as up. */
const LEVELS: ReadonlySet<string> = new Set([
  'files',
  'watches',
  'open_files',
  'deleted_open_files',
  'open_connections',
  'spooled_bytes',
  'spool_segments',
]);

/** A series of one input. */
interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A number of each input, by its labels. */
interface InputMetric {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly isCounter: boolean;
  /** Of several inputs in one series it is the largest, and not the sum. */
  readonly isLargest?: boolean;
  readonly read: (input: WatchedInput, nowMs: number) => readonly Series[];
}

const METRICS: readonly InputMetric[] = [
  {
    name: 'lms_agent_lines_total',
    help: 'Lines that are confirmed, by input and what became of them.',
    labels: ['outcome'],
    isCounter: true,
    read: ({ counts: { read, unparsed, joined, leftOut } }) =>
      byLabel('outcome', { read, unparsed, joined, left_out: leftOut }),
  },
  {
    name: 'lms_agent_entries_total',
    help: 'Entries, by input: sent, or refused for good by whoever takes them.',
    labels: ['outcome'],
    isCounter: true,
    read: ({ counts: { sent, refused } }) => byLabel('outcome', { sent, refused }),
  },
  {
    name: 'lms_agent_bytes_total',
    help: 'Bytes of the lines that are confirmed, by input.',
    labels: [],
    isCounter: true,
    read: ({ counts: { bytes } }) => [{ labels: {}, value: bytes }],
  },
  {
    name: 'lms_agent_input_events_total',
    help: 'What else an input counts, such as files that were reopened, or lines that were lost.',
    labels: ['event'],
    isCounter: true,
    read: ({ counters }) =>
      Object.entries(counters)
        .filter(([event]) => EVENT.test(event) && !LEVELS.has(event))
        .slice(0, MAX_EVENTS)
        .map(([event, value]) => ({ labels: { event }, value })),
  },
  {
    name: 'lms_agent_input_now',
    help: 'What an input has at the moment, such as bytes in its spool, or files that are open.',
    labels: ['what'],
    isCounter: false,
    read: ({ counters }) =>
      Object.entries(counters)
        .filter(([what]) => LEVELS.has(what))
        .map(([what, value]) => ({ labels: { what }, value })),
  },
  {
    name: 'lms_agent_lag_bytes',
    help: 'Bytes that are there and were not read, by input; none where that cannot be known.',
    labels: [],
    isCounter: false,
    read: ({ lag: { bytes } }) => (bytes === undefined ? [] : [{ labels: {}, value: bytes }]),
  },
  {
    name: 'lms_agent_lag_seconds',
    help: 'How old what an input sends is; 0 while nothing waits.',
    labels: [],
    isCounter: false,
    isLargest: true,
    read: (input, nowMs) => [{ labels: {}, value: lagSeconds(input, nowMs) }],
  },
  {
    name: 'lms_agent_unconfirmed_entries',
    help: 'Entries that were read and are not confirmed, by input.',
    labels: [],
    isCounter: false,
    read: ({ unconfirmed }) => [{ labels: {}, value: unconfirmed }],
  },
  {
    name: 'lms_agent_input_failing',
    help: '1 if an input cannot be read: /readyz says why.',
    labels: [],
    isCounter: false,
    read: ({ state }) => [{ labels: {}, value: state === 'failing' ? 1 : 0 }],
  },
];

/** An agent's metrics for Prometheus, and those of its process. All are read when somebody asks. */
export class AgentMetrics {
  readonly #registry = new Registry();
  readonly #watched: () => WatchedAgent;

  constructor(watched: () => WatchedAgent) {
    this.#watched = watched;
    collectDefaultMetrics({ register: this.#registry });
    for (const metric of METRICS) this.#ofInputs(metric);
    this.#gauge('lms_agent_ready', '1 if what is read is taken; 0 if not, and /readyz says why.', (agent) =>
      agentReadiness(agent, new Date()).ready ? 1 : 0,
    );
    this.#gauge('lms_agent_inputs', 'Inputs.', ({ inputs }) => inputs.length);
    this.#gauge('lms_agent_in_flight_entries', 'Entries on their way.', ({ inFlight }) => inFlight.entries);
    this.#gauge(
      'lms_agent_in_flight_bytes',
      'Bytes of entries on their way.',
      ({ inFlight }) => inFlight.bytes,
    );
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything, in the text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #gauge(name: string, help: string, read: (agent: WatchedAgent) => number): void {
    const gauge = new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect: () => {
        gauge.set(read(this.#watched()));
      },
    });
  }

  #ofInputs(metric: InputMetric): void {
    const options = {
      name: metric.name,
      help: metric.help,
      labelNames: ['input', ...metric.labels],
      registers: [this.#registry],
      collect: () => {
        collector.reset();
        for (const { labels, value } of this.#series(metric)) collector.inc(labels, value);
      },
    };
    const collector = metric.isCounter ? new Counter(options) : new Gauge(options);
  }

  #series({ read, isLargest = false }: InputMetric): Iterable<Series> {
    const nowMs = Date.now();
    const labelled = new Set<string>();
    const series = new Map<string, Series>();
    for (const input of this.#watched().inputs) {
      if (labelled.size < MAX_INPUTS) labelled.add(input.name);
      const name = labelled.has(input.name) ? input.name : OTHERS;
      for (const { labels: own, value } of read(input, nowMs)) {
        const labels = { input: name, ...own };
        const key = Object.values(labels).join('\n');
        const before = series.get(key)?.value ?? 0;
        series.set(key, { labels, value: isLargest ? Math.max(before, value) : before + value });
      }
    }
    return series.values();
  }
}

function byLabel(label: string, values: Readonly<Record<string, number>>): Series[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }));
}
