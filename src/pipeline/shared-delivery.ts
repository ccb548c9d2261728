import type { LogEntry } from '../logs/entry.ts';
import type { Instant } from '../logs/message.ts';
import { isRejection, reject, type Rejection } from '../logs/rejection.ts';
import type { DeadLetter, Delivery } from './ports.ts';
import { DISCARDED, type ScreenedEntry } from './screened.ts';

const MAX_REASON_LENGTH = 500;

/** What is to be done about a message once none of its entries is open any more. */
export type SharedEnd =
  | { readonly kind: 'ack' }
  /** Some entries are bad: the message as a whole is a dead letter, once. */
  | { readonly kind: 'dead'; readonly letter: DeadLetter }
  /**
   * Some entries are not stored and not bad: the message has to come again. `entries` are those that nobody
   * has counted.
   */
  | { readonly kind: 'release'; readonly entries: number };

/**
 * A delivery that holds several entries: it stands beside each of them in the batches, which may be different
 * ones, and counts down until the last is settled. A message with one entry has none of these: its own
 * delivery stands beside it.
 */
export class SharedDelivery implements Delivery {
  /** The delivery itself, to be settled once. */
  readonly whole: Delivery;
  /**
   * The bytes that each of its entries counts: the sum over the entries that are to be stored is that of the
   * message.
   */
  readonly bytes: number;
  readonly #decoded: readonly ScreenedEntry[];
  #open: number;
  #bad: number;
  #firstBad: number;
  #firstRejection: Rejection | undefined;
  #released = false;

  /** At least one of `decoded` is an entry. */
  constructor(whole: Delivery, decoded: readonly ScreenedEntry[]) {
    this.whole = whole;
    this.#decoded = decoded;
    this.#bad = decoded.filter(isRejection).length;
    this.#open = decoded.filter(isKept).length;
    this.#firstBad = decoded.findIndex(isRejection);
    const first = decoded[this.#firstBad];
    this.#firstRejection = isRejection(first) ? first : undefined;
    this.bytes = Math.ceil(whole.bytes / this.#open);
  }

  get messageId(): string {
    return this.whole.messageId;
  }

  get publishTime(): Instant {
    return this.whole.publishTime;
  }

  get data(): Uint8Array {
    return this.whole.data;
  }

  get attributes(): Readonly<Record<string, string>> {
    return this.whole.attributes;
  }

  get receivedAtMs(): number {
    return this.whole.receivedAtMs;
  }

  /**
   * An entry is stored, or was stored before. Returns what becomes of the message, if that was the last open
   * entry.
   */
  kept(): SharedEnd | undefined {
    return this.#settle();
  }

  /** The database refuses this entry for good. */
  refused(entry: LogEntry, rejection: Rejection): SharedEnd | undefined {
    const index = this.#decoded.indexOf(entry);
    this.#bad += 1;
    if (this.#firstRejection === undefined || index < this.#firstBad) {
      this.#firstBad = index;
      this.#firstRejection = rejection;
    }
    return this.#settle();
  }

  /** An entry is given back unstored; whoever does so has counted it. */
  released(): SharedEnd | undefined {
    this.#released = true;
    return this.#settle();
  }

  #settle(): SharedEnd | undefined {
    this.#open -= 1;
    if (this.#open > 0) return undefined;
    if (this.#released) return { kind: 'release', entries: this.#bad };
    if (this.#firstRejection === undefined) return { kind: 'ack' };
    const all = this.#decoded.length;
    const summary = summaryOf(this.#firstRejection, { index: this.#firstBad, bad: this.#bad, all });
    return { kind: 'dead', letter: { delivery: this.whole, rejection: summary, entries: this.#bad } };
  }
}

/** Whether it is to become a row. */
export function isKept(decoded: ScreenedEntry): decoded is LogEntry {
  return decoded !== DISCARDED && !isRejection(decoded);
}

/** Bytes that an entry costs beside its texts: the objects that carry it, as of a message. */
const ENTRY_OVERHEAD_BYTES = 512;

/** Bytes that the entries of a message take, in UTF-16 units of their texts. */
export function bytesOfEntries(decoded: readonly ScreenedEntry[]): number {
  let bytes = 0;
  for (const entry of decoded)
    if (isKept(entry)) bytes += ENTRY_OVERHEAD_BYTES + entry.payload.length + (entry.tags?.length ?? 0);
  return bytes;
}

/** The letter of a message of which no entry can be stored; others of its entries may be discarded. */
export function letterOfBadEntries(delivery: Delivery, decoded: readonly ScreenedEntry[]): DeadLetter {
  const rejections = decoded.filter(isRejection);
  const [first] = rejections;
  if (first === undefined) {
    // It becomes a dead letter although it has no entry, so that it does not disappear without a trace.
    return { delivery, rejection: reject('unknown_shape', 'The message holds no entries.') };
  }
  const bad = rejections.length;
  const summary = summaryOf(first, { index: decoded.indexOf(first), bad, all: decoded.length });
  return { delivery, rejection: summary, entries: bad };
}

/** The first bad entry's code and reason, and how many of how many are bad. Entries are counted from 1. */
function summaryOf(
  { code, reason }: Rejection,
  { index, bad, all }: { readonly index: number; readonly bad: number; readonly all: number },
): Rejection {
  const text = `${bad} of ${all} entries cannot be stored; the first is entry ${index + 1}: ${reason}`;
  return reject(code, text.slice(0, MAX_REASON_LENGTH));
}
