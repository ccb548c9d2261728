import { Problem } from './problems.ts';

/** Bounds what all requests together hold in memory of what was sent to them. */
export class BytesInFlight {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What is held now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Room for so many bytes, until `release` is called. Throws OVERLOADED at once if there is none. */
  take(bytes: number): Hold {
    const hold = new Hold((change) => {
      if (change > 0 && this.#bytes + change > this.#maxBytes) throw overloaded();
      this.#bytes += change;
    });
    hold.grow(bytes);
    return hold;
  }
}

/** Some of the room. */
export class Hold {
  readonly #change: (bytes: number) => void;
  #bytes = 0;
  #isOver = false;

  constructor(change: (bytes: number) => void) {
    this.#change = change;
  }

  /** Takes more, unless all was given back. Throws OVERLOADED, and keeps what it has. */
  grow(bytes: number): void {
    if (this.#isOver) return;
    this.#change(bytes);
    this.#bytes += bytes;
  }

  /** Gives all of it back: what is read after that is nobody's any more. */
  release(): void {
    this.#isOver = true;
    this.#change(-this.#bytes);
    this.#bytes = 0;
  }
}

function overloaded(): Problem {
  return new Problem(
    'OVERLOADED',
    'As much is on its way as this server holds at once: send it again later.',
    {
      headers: { 'retry-after': '1' },
    },
  );
}
