import type { LogEntry } from '../../src/logs/entry.ts';
import { isKept, type KnownRule } from './rules.ts';

/** A row that was written, and what can be said of it. */
interface KnownRow {
  readonly entry: LogEntry;
  /** The first of the sets of rules that may have deleted it since it was last known to be there; none yet. */
  since: number | undefined;
  /** When it was last begun to be written, and known to be there: milliseconds that only ever grow. */
  begunAtMs: number;
  seenAtMs: number;
  isHeld: boolean;
  /** It was missing, and rightly so: until it is written again, nobody has to ask once more. */
  mayBeMissing: boolean;
}

/** A time that nothing is deleted of. */
interface HeldTime {
  readonly from: string;
  readonly to: string;
}

/** What is known of a table at one moment. */
export interface Seen {
  /** As `keyText` writes them. */
  readonly keys: ReadonlySet<string>;
  /** The database's clock: Unix milliseconds. */
  readonly nowMs: number;
}

/** How many examples a problem is shown with. */
const SHOWN = 3;

/** A row as one text. */
export function keyText(timestamp: string, eventId: string): string {
  return `${timestamp} ${eventId}`;
}

/**
 * A plain list of all that was ever written, all rules that were ever in force and all that is held: says what may
 * be missing in the table, and what may still be there.
 */
export class Reference {
  /** Rows that were really added, again and again if they had been deleted. */
  stored = 0;
  readonly #rows = new Map<string, KnownRow>();
  readonly #entries: LogEntry[] = [];
  readonly #sets: (readonly KnownRule[])[] = [[]];
  /** The last set that is known to be in force. */
  #inForce = 0;
  #held: HeldTime | undefined;

  /** They are about to be written. Call what is returned once it is known how many of them were added. */
  writing(entries: readonly LogEntry[]): (stored: number) => void {
    const begunAtMs = performance.now();
    const [inForce, held] = [this.#inForce, this.#held];
    const rows = entries.map((entry) => this.#row(entry));
    for (const row of rows) {
      row.begunAtMs = begunAtMs;
      row.mayBeMissing = false;
    }
    return (stored) => {
      this.stored += stored;
      for (const row of rows) {
        row.since = Math.max(row.since ?? 0, inForce);
        row.seenAtMs = performance.now();
        if (held !== undefined && held === this.#held && isIn(row.entry, held)) row.isHeld = true;
      }
    };
  }

  /** Rules are about to be put in force. Call what is returned once they are, with what is there then. */
  applying(rules: readonly KnownRule[]): (seen: Seen) => void {
    const number = this.#sets.push(rules) - 1;
    return (seen) => {
      this.#inForce = number;
      for (const row of this.#seen(seen)) row.since = number;
    };
  }

  /** A hold is there: of what is seen now, and what is written from now on, nothing goes. */
  hold(held: HeldTime, seen: Seen): void {
    this.#held = held;
    for (const row of this.#seen(seen)) row.isHeld = isIn(row.entry, held);
  }

  /** The hold is about to be over. */
  release(): void {
    this.#held = undefined;
    for (const row of this.#rows.values()) row.isHeld = false;
  }

  /** What is missing though rules keep it, and what is there though nobody wrote it. */
  wrong({ keys, nowMs }: Seen): string[] {
    const gone = [...this.#rows].filter(([key, row]) => !row.mayBeMissing && !keys.has(key));
    const missing = gone.filter(([, row]) => row.isHeld || this.#isKept(row, nowMs));
    for (const [, row] of gone) row.mayBeMissing = row.since !== undefined;
    const alien = [...keys].filter((key) => !this.#rows.has(key));
    return [
      ...told(
        'rows were deleted that are kept',
        missing.map(([key, row]) => `${key}${row.isHeld ? ' (held)' : ''}`),
      ),
      ...told('rows are there that nobody wrote', alien),
    ];
  }

  /**
   * What is left though a whole run of the rules in force is over that began at a time: by the database's clock, and
   * by ours in milliseconds that only ever grow.
   */
  leftOver({ keys }: Seen, began: { readonly nowMs: number; readonly atMs: number }): string[] {
    const rules = this.#sets.at(-1) ?? [];
    const left = [...this.#rows].filter(
      ([key, { entry, begunAtMs, seenAtMs }]) =>
        keys.has(key) &&
        Math.max(begunAtMs, seenAtMs) < began.atMs &&
        (this.#held === undefined || !isIn(entry, this.#held)) &&
        !isKept(rules, entry, began.nowMs),
    );
    return told(
      'rows are left that were to go',
      left.map(([key]) => key),
    );
  }

  /** Some that were written before, for whoever delivers twice. */
  earlier(places: readonly number[]): LogEntry[] {
    return places.flatMap((place) => this.#entries[place % this.#entries.length] ?? []);
  }

  #row(entry: LogEntry): KnownRow {
    const key = keyText(entry.timestamp, entry.eventId);
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const row = {
      entry,
      since: undefined,
      begunAtMs: 0,
      seenAtMs: Infinity,
      isHeld: false,
      mayBeMissing: false,
    };
    this.#rows.set(key, row);
    this.#entries.push(entry);
    return row;
  }

  *#seen({ keys }: Seen): Generator<KnownRow> {
    for (const [key, row] of this.#rows) if (keys.has(key)) yield row;
  }

  /** By all rules that were in force, or about to be, since it was known to be there. */
  #isKept({ entry, since }: KnownRow, nowMs: number): boolean {
    return since !== undefined && this.#sets.slice(since).every((rules) => isKept(rules, entry, nowMs));
  }
}

function isIn({ timestamp }: LogEntry, { from, to }: HeldTime): boolean {
  return timestamp >= from && timestamp < to;
}

function told(what: string, keys: readonly string[]): string[] {
  if (keys.length === 0) return [];
  return [`${String(keys.length)} ${what}, such as ${keys.slice(0, SHOWN).join('; ')}`];
}
