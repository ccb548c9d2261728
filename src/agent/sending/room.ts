/** An amount of entries on their way. */
export interface Amount {
  readonly entries: number;
  readonly bytes: number;
}

interface Waiting {
  readonly amount: Amount;
  readonly admit: () => void;
}

/** Room for entries on their way: it is given in the order in which it was asked for, so that all get their turn. */
export class Room {
  readonly #limit: Amount;
  readonly #waiting: Waiting[] = [];
  #entries = 0;
  #bytes = 0;

  constructor(limit: Amount) {
    this.#limit = limit;
  }

  /** What is taken. */
  get taken(): Amount {
    return { entries: this.#entries, bytes: this.#bytes };
  }

  /**
   * Resolves once there is room, or rejects with the reason of `stop`: then nothing was taken. What is more than all
   * of the room is let in by itself.
   */
  async take(amount: Amount, stop: AbortSignal): Promise<void> {
    stop.throwIfAborted();
    if (this.#waiting.length === 0 && this.#fits(amount)) {
      this.#add(amount, 1);
      return;
    }
    await this.#wait(amount, stop);
  }

  give(amount: Amount): void {
    this.#add(amount, -1);
    this.#admit();
  }

  #wait(amount: Amount, stop: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(stop.reason as Error);
        this.#admit();
      };
      const waiting: Waiting = {
        amount,
        admit: () => {
          stop.removeEventListener('abort', leave);
          resolve();
        },
      };
      this.#waiting.push(waiting);
      stop.addEventListener('abort', leave, { once: true });
    });
  }

  #admit(): void {
    for (
      let [first] = this.#waiting;
      first !== undefined && this.#fits(first.amount);
      [first] = this.#waiting
    ) {
      this.#waiting.shift();
      this.#add(first.amount, 1);
      first.admit();
    }
  }

  #fits({ entries, bytes }: Amount): boolean {
    if (this.#entries === 0 && this.#bytes === 0) return true;
    return this.#entries + entries <= this.#limit.entries && this.#bytes + bytes <= this.#limit.bytes;
  }

  #add({ entries, bytes }: Amount, sign: 1 | -1): void {
    this.#entries += sign * entries;
    this.#bytes += sign * bytes;
  }
}
