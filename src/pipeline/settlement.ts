import type { LogEntry } from '../logs/entry.ts';
import type { Rejection } from '../logs/rejection.ts';
import type { Ledger } from './ledger.ts';
import type { DeadLetter, Delivery, Source } from './ports.ts';
import type { ScreenedEntry } from './screened.ts';
import { SharedDelivery, type SharedEnd } from './shared-delivery.ts';

/** What settlement works with, and tells. */
export interface SettlementParts {
  readonly source: Source;
  readonly ledger: Ledger;
  /** This message is dead: it is acknowledged once the dead-letter topic has it. */
  readonly dead: (letter: DeadLetter) => void;
  /** Nothing is on its way any more. */
  readonly idle: () => void;
}

/** Deliveries of which nothing is open any more, by what becomes of them. */
interface Over {
  readonly acked: Delivery[];
  readonly released: Delivery[];
}

function nothingYet(): Over {
  return { acked: [], released: [] };
}

/**
 * Acknowledges and gives back: each delivery once, when the last of its entries is settled. Lists go to the
 * source as they are for as long as no message with several entries is held: the usual message costs nothing
 * here.
 */
export class Settlement {
  readonly #source: Source;
  readonly #ledger: Ledger;
  readonly #dead: (letter: DeadLetter) => void;
  readonly #onIdle: () => void;
  /** Calls to the source that are not answered. */
  #unanswered = 0;
  /** Shared deliveries that have open entries. */
  #shared = 0;

  constructor({ source, ledger, dead, idle }: SettlementParts) {
    this.#source = source;
    this.#ledger = ledger;
    this.#dead = dead;
    this.#onIdle = idle;
  }

  /** Whether every call to the source was answered. */
  get idle(): boolean {
    return this.#unanswered === 0;
  }

  /**
   * The delivery that stands beside each entry of a message that holds several, at least one of them an
   * entry.
   */
  share(delivery: Delivery, decoded: readonly ScreenedEntry[]): SharedDelivery {
    this.#shared += 1;
    return new SharedDelivery(delivery, decoded);
  }

  /** The entries beside these deliveries are in the database. */
  stored(deliveries: readonly Delivery[]): void {
    if (this.#shared === 0) {
      this.#ack(deliveries);
    } else {
      const over = nothingYet();
      for (const delivery of deliveries) {
        if (delivery instanceof SharedDelivery) this.#end(delivery, delivery.kept(), over);
        else over.acked.push(delivery);
      }
      this.#settle(over);
    }
  }

  /** Nothing of these is to be kept. */
  discarded(deliveries: readonly Delivery[]): void {
    this.#ack(deliveries);
  }

  /** The database refuses this entry for good. */
  refused(entry: LogEntry, delivery: Delivery, rejection: Rejection): void {
    if (delivery instanceof SharedDelivery) {
      const over = nothingYet();
      this.#end(delivery, delivery.refused(entry, rejection), over);
      this.#settle(over);
    } else {
      this.#dead({ delivery, rejection });
    }
  }

  /** The dead-letter topic has these. */
  published(letters: readonly DeadLetter[]): void {
    this.#ledger.published(letters);
    this.#ack(letters.map(({ delivery }) => delivery));
  }

  /** The entries beside these deliveries are stored nowhere: their messages have to come again. */
  release(deliveries: readonly Delivery[]): void {
    this.#ledger.released += deliveries.length;
    const over = nothingYet();
    for (const delivery of deliveries) {
      if (delivery instanceof SharedDelivery) this.#end(delivery, delivery.released(), over);
      else over.released.push(delivery);
    }
    this.#settle(over);
  }

  /** The dead-letter topic has not taken these. */
  abandon(letters: readonly DeadLetter[]): void {
    for (const { entries = 1 } of letters) this.#ledger.released += entries;
    this.#nack(letters.map(({ delivery }) => delivery));
  }

  /** Adds the message to those that are over, if its last entry has just ended. */
  #end({ whole }: SharedDelivery, end: SharedEnd | undefined, over: Over): void {
    if (end === undefined) return;
    this.#shared -= 1;
    switch (end.kind) {
      case 'ack':
        over.acked.push(whole);
        break;
      case 'dead':
        this.#dead(end.letter);
        break;
      case 'release':
        this.#ledger.released += end.entries;
        over.released.push(whole);
        break;
    }
  }

  #settle({ acked, released }: Over): void {
    this.#ack(acked);
    this.#nack(released);
  }

  #ack(deliveries: readonly Delivery[]): void {
    if (deliveries.length === 0) return;
    this.#ledger.acksUnconfirmed += deliveries.length;
    const acked = this.#source.ack(deliveries).then((confirmed) => {
      this.#ledger.acksUnconfirmed -= confirmed;
    });
    this.#wait(acked);
  }

  #nack(deliveries: readonly Delivery[]): void {
    if (deliveries.length > 0) this.#wait(this.#source.nack(deliveries));
  }

  #wait(answer: Promise<unknown>): void {
    this.#unanswered += 1;
    void answer.finally(() => {
      this.#unanswered -= 1;
      this.#onIdle();
    });
  }
}
