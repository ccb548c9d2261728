import type { LedgerReport } from '../ledger-report.ts';

/** The ledgers of all workers of a supervisor, added up. */
export interface SupervisorReport extends LedgerReport {
  /** The parts, by the worker's number: first that of worker 1, all its processes together. */
  readonly workers: readonly LedgerReport[];
  /**
   * Processes that died and left no ledger. What they received stands nowhere here; what they held is
   * delivered again.
   */
  readonly withoutLedger: number;
}

const NOTHING: LedgerReport = {
  messages: 0,
  received: 0,
  stored: 0,
  duplicates: 0,
  deadLettered: 0,
  discarded: 0,
  released: 0,
  held: 0,
  acksUnconfirmed: 0,
  flushes: { size: 0, bytes: 0, interval: 0, drain: 0 },
  batchSizes: [],
};

/** Keeps the ledgers of processes that have ended. Its size does not grow with their number. */
export class WorkerLedgers {
  readonly #parts: LedgerReport[];
  #withoutLedger = 0;

  constructor(workers: number) {
    this.#parts = Array.from({ length: workers }, () => NOTHING);
  }

  /** A process of this worker ended with a ledger. */
  add(worker: number, ledger: LedgerReport): void {
    const index = worker - 1;
    this.#parts[index] = sumOf([this.#parts[index] ?? NOTHING, ledger]);
  }

  /** A process that had received died. */
  addLost(): void {
    this.#withoutLedger += 1;
  }

  /** The sum of those that ended and of `running`, the present ledgers by worker. */
  report(running: ReadonlyMap<number, LedgerReport> = new Map()): SupervisorReport {
    const workers = this.#parts.map((part, index) => sumOf([part, running.get(index + 1) ?? NOTHING]));
    return { ...sumOf(workers), workers, withoutLedger: this.#withoutLedger };
  }
}

function sumOf(ledgers: readonly LedgerReport[]): LedgerReport {
  const total = (count: (ledger: LedgerReport) => number) =>
    ledgers.reduce((sum, ledger) => sum + count(ledger), 0);
  const batchSizes = new Map<number, number>();
  for (const [rows, batches] of ledgers.flatMap((ledger) => ledger.batchSizes)) {
    batchSizes.set(rows, (batchSizes.get(rows) ?? 0) + batches);
  }
  return {
    messages: total(({ messages }) => messages),
    received: total(({ received }) => received),
    stored: total(({ stored }) => stored),
    duplicates: total(({ duplicates }) => duplicates),
    deadLettered: total(({ deadLettered }) => deadLettered),
    discarded: total(({ discarded }) => discarded),
    released: total(({ released }) => released),
    held: total(({ held }) => held),
    acksUnconfirmed: total(({ acksUnconfirmed }) => acksUnconfirmed),
    flushes: {
      size: total(({ flushes }) => flushes.size),
      bytes: total(({ flushes }) => flushes.bytes),
      interval: total(({ flushes }) => flushes.interval),
      drain: total(({ flushes }) => flushes.drain),
    },
    batchSizes: [...batchSizes].sort(([a], [b]) => b - a),
  };
}
