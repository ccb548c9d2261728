import type { Log } from '../pipeline/ports.ts';
import type { TokenRecords } from './records.ts';

/** A token's last use is written no more often than this. */
const INTERVAL_MS = 60_000;
/** Those that are used at about the same time are written together. */
const DELAY_MS = 500;

/** Notes when tokens were last used, in the background: nobody waits for it, and it may be missed. */
export class LastUse {
  readonly #records: Pick<TokenRecords, 'useTokens'>;
  readonly #log: Pick<Log, 'warn'>;
  readonly #now: () => number;
  readonly #notedAtMs = new Map<string, number>();
  readonly #waiting = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #hasFailed = false;

  /** `now`: a monotonic clock in milliseconds. */
  constructor(records: Pick<TokenRecords, 'useTokens'>, log: Pick<Log, 'warn'>, now: () => number) {
    this.#records = records;
    this.#log = log;
    this.#now = now;
  }

  note(id: string): void {
    const nowMs = this.#now();
    const before = this.#notedAtMs.get(id);
    if (before !== undefined && nowMs - before < INTERVAL_MS) return;
    this.#notedAtMs.set(id, nowMs);
    this.#waiting.add(id);
    this.#timer ??= setTimeout(() => void this.#write(), DELAY_MS).unref();
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    const ids = [...this.#waiting];
    this.#waiting.clear();
    try {
      await this.#records.useTokens(ids);
      this.#hasFailed = false;
    } catch (err) {
      if (!this.#hasFailed) this.#log.warn({ err }, 'when tokens were last used cannot be written');
      this.#hasFailed = true;
    }
  }
}
