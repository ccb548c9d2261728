import type { Socket } from 'node:net';

/** The state of the network, asked for each piece. */
export interface Weather {
  readonly delayMs: () => number;
  readonly silent: () => boolean;
}

/** More is not taken from the sender: it feels the congestion, as on a real network. */
const MAX_QUEUED_BYTES = 1024 * 1024;

/** One direction of a connection: forwards what comes, in order, as late as the weather says. */
export class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #weather: Weather;
  readonly #queue: { readonly dueMs: number; readonly bytes: Buffer }[] = [];
  #queuedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #ending = false;

  constructor(from: Socket, to: Socket, weather: Weather) {
    this.#from = from;
    this.#to = to;
    this.#weather = weather;
    to.on('drain', () => {
      this.pump();
    });
  }

  forward(bytes: Buffer): void {
    const dueMs = performance.now() + this.#weather.delayMs();
    this.#queue.push({ dueMs, bytes });
    this.#queuedBytes += bytes.length;
    if (this.#queuedBytes > MAX_QUEUED_BYTES) this.#from.pause();
    this.pump();
  }

  /** The sender has said goodbye: pass that on after the rest. */
  end(): void {
    this.#ending = true;
    this.pump();
  }

  /** Forwards what is due, if the weather allows it. */
  pump(): void {
    clearTimeout(this.#timer);
    if (this.#weather.silent()) return;
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      if (this.#to.writableNeedDrain) return;
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => {
          this.pump();
        }, waitMs);
        return;
      }
      this.#queue.shift();
      this.#queuedBytes -= next.bytes.length;
      if (!this.#to.destroyed) this.#to.write(next.bytes);
    }
    if (this.#queuedBytes <= MAX_QUEUED_BYTES) this.#from.resume();
    if (this.#ending) this.#to.end();
  }
}
