import type {
  Hold,
  RetentionBook,
  RetentionState,
  RuleAccount,
  RuleSet,
  SizeMark,
} from '../../src/retention/ports.ts';

/** A time as a column holds it, of Unix milliseconds. */
export function columnTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23).replace('T', ' ')}000`;
}

/** Rules, accounts and holds in memory, by a clock that a test sets. */
export class MemoryRetentionBook implements RetentionBook {
  /** The database's clock, in Unix milliseconds. */
  nowMs: number;
  readonly sets: RuleSet[] = [];
  readonly accounts = new Map<string, RuleAccount>();
  readonly held = new Map<string, Hold>();
  /** How often it was asked for its state. */
  looks = 0;
  isClosed = false;
  /** What is kept of the size of a row. */
  mark: SizeMark | undefined;

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  state(): Promise<RetentionState> {
    this.looks += 1;
    const now = columnTime(this.nowMs);
    const ruleSet = this.sets.at(-1);
    const accounts = [...this.accounts]
      .filter(([key]) => key.startsWith(`${String(ruleSet?.version)} `))
      .map(([, account]) => account);
    const holds = [...this.held.values()].filter(({ until }) => until > now);
    return Promise.resolve({ now, ruleSet, accounts, holds });
  }

  apply(rules: string, { by, ifNone }: { readonly by: string; readonly ifNone?: boolean }): Promise<RuleSet> {
    const last = this.sets.at(-1);
    if (last !== undefined && (ifNone === true || last.rules === rules)) return Promise.resolve(last);
    const version = (last?.version ?? 0) + 1;
    const set = { version, rules, appliedAt: columnTime(this.nowMs), appliedBy: by };
    this.sets.push(set);
    return Promise.resolve(set);
  }

  history(): Promise<readonly RuleSet[]> {
    return Promise.resolve(this.sets.toReversed());
  }

  ran({ version, place, doneTo }: Parameters<RetentionBook['ran']>[0]): Promise<void> {
    this.#change(version, place, { doneTo, lastRunAt: columnTime(this.nowMs) });
    return Promise.resolve();
  }

  /** What a database does in the transaction that deletes. */
  deletedBy({ version, place }: { readonly version: number; readonly place: number }, rows: number): void {
    const before = this.accounts.get(`${String(version)} ${String(place)}`)?.deletedRows ?? 0;
    this.#change(version, place, { deletedRows: before + rows });
  }

  hold({ id, from, to, reason }: Omit<Hold, 'until'>, seconds: number): Promise<Hold> {
    const hold = { id, from, to, reason, until: columnTime(this.nowMs + seconds * 1_000) };
    this.held.set(id, hold);
    return Promise.resolve(hold);
  }

  release(id: string): Promise<boolean> {
    return Promise.resolve(this.held.delete(id));
  }

  sizeMark(): Promise<SizeMark | undefined> {
    return Promise.resolve(this.mark);
  }

  markSize(mark: SizeMark): Promise<void> {
    this.mark = mark;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  #change(version: number, place: number, changed: Partial<RuleAccount>): void {
    const key = `${String(version)} ${String(place)}`;
    const none: RuleAccount = { place, deletedRows: 0, doneTo: undefined, lastRunAt: undefined };
    this.accounts.set(key, { ...none, ...this.accounts.get(key), ...changed });
  }
}
