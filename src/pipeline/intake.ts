import { isRejection } from '../logs/rejection.ts';
import type { CarefulDecoder } from './careful-decode.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { Flusher } from './flusher.ts';
import type { Ledger } from './ledger.ts';
import type { DeadLetter, Delivery, Source } from './ports.ts';
import { DISCARDED, type Screened } from './screened.ts';
import type { Settlement } from './settlement.ts';
import { bytesOfEntries, isKept, letterOfBadEntries } from './shared-delivery.ts';

/** What an intake works with. */
export interface IntakeParts {
  readonly decoder: CarefulDecoder;
  readonly source: Source;
  readonly ledger: Ledger;
  readonly flusher: Flusher;
  readonly deadLetters: DeadLetterQueue;
  readonly settlement: Settlement;
}

type ScreenedList = Extract<Screened, readonly unknown[]>;

/** Deliveries of which nothing becomes a row. */
interface Rowless {
  readonly letters: DeadLetter[];
  readonly discarded: Delivery[];
}

/**
 * Decodes what the source hands over: entries go to the flusher, those that are discarded are acknowledged, the
 * others become dead letters.
 *
 * A small message may be a large one packed, and a response brings a thousand. What was decoded of a message
 * beyond its own size counts as held, and when that reaches the limit, the rest of what was handed over waits
 * here undecoded, leased and counted, until something was settled. Order is kept.
 */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #undecoded: Delivery[] = [];
  #stopped = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  receive(deliveries: readonly Delivery[]): void {
    const { ledger } = this.#parts;
    ledger.messages += deliveries.length;
    ledger.received += deliveries.length;
    if (this.#undecoded.length > 0) {
      this.#undecoded.push(...deliveries);
      this.goOn();
      return;
    }
    const rowless: Rowless = { letters: [], discarded: [] };
    const count = this.#decodeAll(deliveries, rowless);
    if (count < deliveries.length) this.#undecoded.push(...deliveries.slice(count));
    this.#handOn(rowless);
    this.goOn();
  }

  /**
   * Something was written or settled: decodes what waits, if there is room. Also if nothing is on its way
   * that would make any: what is held then are letters, suspected rows, and what waits here.
   */
  goOn(): void {
    if (this.#undecoded.length === 0) return;
    while (this.#undecoded.length > 0 && this.#mayDecode) {
      const rowless: Rowless = { letters: [], discarded: [] };
      this.#undecoded.splice(0, this.#decodeAll(this.#undecoded, rowless));
      this.#handOn(rowless);
    }
    if (this.#undecoded.length > 0) this.#parts.flusher.makeRoom();
  }

  /** Decodes nothing more: what waits is given back. */
  stop(): void {
    this.#stopped = true;
    this.#parts.settlement.release(this.#undecoded.splice(0));
  }

  get #mayDecode(): boolean {
    const { source, flusher, settlement } = this.#parts;
    return !this.#stopped && (!source.overgrown || !(flusher.moving || !settlement.idle));
  }

  /** Decodes deliveries until there is no room. Returns how many: at least one. */
  #decodeAll(deliveries: readonly Delivery[], rowless: Rowless): number {
    let count = 0;
    for (const delivery of deliveries) {
      count += 1;
      if (!this.#decode(delivery, rowless)) break;
    }
    return count;
  }

  /** Letters that cannot be published any more are settled at once, and that leads back here. */
  #handOn({ letters, discarded }: Rowless): void {
    if (discarded.length > 0) this.#parts.settlement.discarded(discarded);
    if (letters.length > 0) this.#parts.deadLetters.add(letters);
    this.#parts.flusher.pump();
  }

  /** Returns whether there is room for more. */
  #decode(delivery: Delivery, { letters, discarded }: Rowless): boolean {
    const decoded = this.#parts.decoder.decode(delivery);
    if (isList(decoded)) return this.#takeSeveral(delivery, decoded, { letters, discarded });
    if (decoded === DISCARDED) {
      this.#parts.ledger.discarded += 1;
      discarded.push(delivery);
      return true;
    }
    if (isRejection(decoded)) {
      letters.push({ delivery, rejection: decoded });
      return true;
    }
    const { payload, tags } = decoded;
    const hasRoom = this.#count(payload.length + (tags === null ? 0 : tags.length), delivery);
    this.#parts.flusher.push(decoded, delivery);
    return hasRoom;
  }

  /**
   * A message with several entries: those that are good become rows, and if some are bad the whole is a dead
   * letter besides.
   */
  #takeSeveral(delivery: Delivery, decoded: ScreenedList, { letters, discarded }: Rowless): boolean {
    const { ledger, settlement, flusher } = this.#parts;
    const kept = decoded.filter(isKept);
    // One without entries counts as one.
    ledger.received += Math.max(1, decoded.length) - 1;
    const discards = decoded.filter((each) => each === DISCARDED).length;
    ledger.discarded += discards;
    if (kept.length === 0) {
      if (discards > 0 && discards === decoded.length) discarded.push(delivery);
      else letters.push(letterOfBadEntries(delivery, decoded));
      return true;
    }
    // Before its bytes are shared out.
    const hasRoom = this.#count(bytesOfEntries(decoded), delivery);
    const shared = settlement.share(delivery, decoded);
    for (const entry of kept) flusher.push(entry, shared);
    return hasRoom;
  }

  /** Counts what was decoded, if it is more than its delivery. Returns whether there is room for more. */
  #count(decodedBytes: number, delivery: Delivery): boolean {
    const { bytes } = delivery;
    if (decodedBytes <= bytes) return true;
    this.#parts.source.grow(delivery, decodedBytes - bytes);
    return !this.#parts.source.overgrown;
  }
}

function isList(decoded: Screened): decoded is ScreenedList {
  return Array.isArray(decoded);
}
