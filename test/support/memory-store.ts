import type { LogEntry } from '../../src/logs/entry.ts';
import { type LogStore, StoreError, type WriteResult } from '../../src/pipeline/ports.ts';
import { publishedId } from './stored-id.ts';

/** What a write does: pass, fail with a verdict, commit and lose the answer, or never answer. */
export type WriteOutcome = 'pass' | 'transient' | 'fatal' | 'lost-reply' | 'hang';

export interface Write {
  readonly eventIds: readonly string[];
  readonly result: 'open' | 'committed' | 'failed';
}

/**
 * A store in memory that fails as the test's script says. Rows are kept by the event id that was published.
 */
export class MemoryStore implements LogStore {
  readonly rows = new Map<string, LogEntry>();
  /** Every write that was begun. */
  readonly writes: Write[] = [];
  /** Rows that the database refuses, by event id. */
  readonly refused = new Set<string>();
  /** Rows that it refuses besides: a constraint on the table. Event ids are those that were published. */
  isRefused: (entry: LogEntry) => boolean = () => false;
  refusal = { code: 'ER_DATA_TOO_LONG', message: "Data too long for column 'payload'" };
  /** Whether no table would take the refused rows. */
  refusesForRowAlone = false;
  /**
   * Outcomes of the next writes; afterwards `outcome` holds. A promise holds the write up until it resolves.
   */
  readonly script: (WriteOutcome | Promise<WriteOutcome>)[] = [];
  outcome: WriteOutcome | Promise<WriteOutcome> = 'pass';
  /** The most writes that were ever open at once. */
  mostAtOnce = 0;
  open = 0;
  closed = false;

  /** Decides what a write does. */
  decide: () => WriteOutcome | Promise<WriteOutcome> = () => this.script.shift() ?? this.outcome;

  async write(batch: readonly LogEntry[]): Promise<WriteResult> {
    const write = {
      eventIds: batch.map(({ eventId }) => publishedId(eventId)),
      result: 'open' as Write['result'],
    };
    this.writes.push(write);
    this.open += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.open);
    try {
      const result = await this.#attempt(batch);
      write.result = 'committed';
      return result;
    } catch (error) {
      write.result = 'failed';
      throw error;
    } finally {
      this.open -= 1;
    }
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  /** Sizes of the batches that were committed, in order. */
  get committedSizes(): number[] {
    return this.writes.filter(({ result }) => result === 'committed').map(({ eventIds }) => eventIds.length);
  }

  async #attempt(batch: readonly LogEntry[]): Promise<WriteResult> {
    const outcome = await this.decide();
    if (outcome === 'hang') return new Promise<never>(() => undefined);
    if (outcome === 'transient') throw new StoreError('transient', 'ER_LOCK_DEADLOCK', 'Deadlock found');
    if (outcome === 'fatal')
      throw new StoreError('fatal', 'ER_NO_SUCH_TABLE', "Table 'service_logs' doesn't exist");
    const isBad = batch.some((entry) => {
      const published = { ...entry, eventId: publishedId(entry.eventId) };
      return this.refused.has(published.eventId) || this.isRefused(published);
    });
    if (isBad) {
      const options = { isOfRowAlone: this.refusesForRowAlone };
      throw new StoreError('row', this.refusal.code, this.refusal.message, options);
    }
    const result = this.#commit(batch);
    if (outcome === 'lost-reply')
      throw new StoreError('transient', 'PROTOCOL_CONNECTION_LOST', 'Connection lost');
    return result;
  }

  #commit(batch: readonly LogEntry[]): WriteResult {
    let stored = 0;
    for (const entry of batch) {
      const id = publishedId(entry.eventId);
      if (this.rows.has(id)) continue;
      this.rows.set(id, entry);
      stored += 1;
    }
    return { stored, duplicates: batch.length - stored };
  }
}
