import type { LogEntry } from '../logs/entry.ts';
import { type Delivery, type LogStore, StoreError, type WriteResult } from './ports.ts';

/** Some of a batch's entries, with their deliveries. */
export interface BatchPart {
  readonly entries: readonly LogEntry[];
  readonly deliveries: readonly Delivery[];
}

/** An entry that the database refused, alone in its transaction. */
export interface RefusedRow {
  readonly entry: LogEntry;
  readonly delivery: Delivery;
  readonly error: StoreError;
}

/** What came of a batch, beside what was committed. */
export interface BatchOutcome {
  readonly refused: readonly RefusedRow[];
  /** Neither committed nor refused alone; empty if the batch was worked through. */
  readonly left: BatchPart;
  /** The write failed for another reason than its rows. */
  readonly failure?: { readonly error: unknown };
  /** The database's code, if so much of what is left is refused with it that going on is of no use. */
  readonly hopelessCode?: string;
}

/** What a bisection works with. */
export interface BisectParts {
  readonly store: LogStore;
  /** This part's transaction committed: its deliveries may be acknowledged. */
  readonly committed: (part: BatchPart, result: WriteResult) => void;
  /** From 0 up to 1, exclusive. */
  readonly random?: () => number;
}

/**
 * So many rows have to be refused before it is asked whether going on is of use; then so many more rows each
 * time.
 */
const FIRST_LOOK_ROWS = 10;
/**
 * How many of the open rows are tried to find out: enough that one bad row in ten is told from one in two,
 * 999 times in 1,000.
 */
const SAMPLE_ROWS = 24;
/**
 * The share of a sample that has to be refused, all with one code: a third, so that half of all rows is
 * always found.
 */
const HOPELESS_SAMPLE_ROWS = 8;

/**
 * Writes a batch, normally in one transaction. If the database refuses a row, bisects: halves what failed
 * until the offending rows stand alone, so that k bad rows among n cost about 2 k log2(n) transactions and no
 * good row is held up. Stops at the first failure of any other kind.
 *
 * Stops too when the rows are not to blame. After 10 refused rows, and 20, 40 and so on, it tries a sample of
 * what is left, each row alone; if a third of it is refused with one code, the rest is left as it is. So a
 * table that takes nothing costs a batch of 10,000 about 50 transactions; and bad rows that stand side by
 * side at the beginning of a good batch are refused, while the rest of it is committed.
 */
export async function writeOrBisect(batch: BatchPart, parts: BisectParts): Promise<BatchOutcome> {
  return new Bisection(batch, parts).run();
}

class Bisection {
  readonly #parts: BisectParts;
  readonly #random: () => number;
  /** What is open, the next to try at the end. */
  #open: BatchPart[];
  readonly #refused: RefusedRow[] = [];
  /** The codes of those of `#refused` that may be the table's fault. */
  readonly #codes: string[] = [];
  #nextLookRows = FIRST_LOOK_ROWS;

  constructor(batch: BatchPart, parts: BisectParts) {
    this.#open = [batch];
    this.#parts = parts;
    this.#random = parts.random ?? Math.random;
  }

  async run(): Promise<BatchOutcome> {
    for (let part = this.#open.pop(); part !== undefined; part = this.#open.pop()) {
      const failed = await this.#try(part);
      if (failed) return this.#outcome(failed);
      if (this.#codes.length < this.#nextLookRows) continue;
      const hopeless = await this.#look();
      if (hopeless) return this.#outcome(hopeless);
    }
    return this.#outcome({});
  }

  /** Writes a part, or halves it. Returns why the batch has to end. */
  async #try(part: BatchPart): Promise<Pick<BatchOutcome, 'failure'> | undefined> {
    try {
      this.#parts.committed(part, await this.#parts.store.write(part.entries));
    } catch (error) {
      if (!(error instanceof StoreError) || error.verdict !== 'row') {
        this.#open.push(part);
        return { failure: { error } };
      }
      const [entry] = part.entries;
      const [delivery] = part.deliveries;
      if (part.entries.length > 1) this.#open.push(...halves(part));
      else if (entry && delivery) this.#refuse({ entry, delivery, error });
    }
    return undefined;
  }

  #refuse(row: RefusedRow): void {
    this.#refused.push(row);
    if (!row.error.isOfRowAlone) this.#codes.push(row.error.code);
  }

  /** Tries some of the open rows, from all over the batch, each alone. Returns why the batch has to end. */
  async #look(): Promise<Pick<BatchOutcome, 'failure' | 'hopelessCode'> | undefined> {
    this.#nextLookRows = this.#codes.length * 2;
    const openRows = this.#open.reduce((sum, { entries }) => sum + entries.length, 0);
    if (openRows <= SAMPLE_ROWS) return undefined;
    const before = this.#codes.length;
    const [sample, rest] = takeSample(this.#open, openRows, this.#random);
    this.#open = rest;
    for (let row = sample.pop(); row !== undefined; row = sample.pop()) {
      const failed = await this.#try(row);
      if (failed) {
        for (const each of sample) this.#open.push(each);
        return failed;
      }
    }
    const code = mostFrequent(this.#codes.slice(before));
    return code !== undefined && code.times >= HOPELESS_SAMPLE_ROWS
      ? { hopelessCode: code.value }
      : undefined;
  }

  #outcome(end: Pick<BatchOutcome, 'failure' | 'hopelessCode'>): BatchOutcome {
    const left = {
      entries: this.#open.flatMap(({ entries }) => entries),
      deliveries: this.#open.flatMap(({ deliveries }) => deliveries),
    };
    return { refused: this.#refused, left, ...end };
  }
}

/** The value that occurs most often, and how often; undefined for an empty list. */
export function mostFrequent(values: readonly string[]): { value: string; times: number } | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most && { value: most[0], times: most[1] };
}

function halves({ entries, deliveries }: BatchPart): [BatchPart, BatchPart] {
  const middle = entries.length >> 1;
  return [
    { entries: entries.slice(middle), deliveries: deliveries.slice(middle) },
    { entries: entries.slice(0, middle), deliveries: deliveries.slice(0, middle) },
  ];
}

/**
 * Takes one random row out of each of so many equal stretches. Returns the rows, each a part, and the parts
 * without them.
 */
function takeSample(
  open: readonly BatchPart[],
  openRows: number,
  random: () => number,
): [BatchPart[], BatchPart[]] {
  const stretch = Math.floor(openRows / SAMPLE_ROWS);
  const chosen = new Set(
    Array.from({ length: SAMPLE_ROWS }, (_, index) => index * stretch + Math.floor(random() * stretch)),
  );
  const sample: BatchPart[] = [];
  let first = 0;
  const rest = open.map(({ entries, deliveries }) => {
    const isChosen = (_: unknown, index: number) => chosen.has(first + index);
    const isLeft = (_: unknown, index: number) => !chosen.has(first + index);
    const picked = deliveries.filter(isChosen);
    for (const [index, entry] of entries.filter(isChosen).entries()) {
      const delivery = picked[index];
      if (delivery) sample.push({ entries: [entry], deliveries: [delivery] });
    }
    const part = { entries: entries.filter(isLeft), deliveries: deliveries.filter(isLeft) };
    first += entries.length;
    return part;
  });
  return [sample, rest.filter(({ entries }) => entries.length > 0)];
}
