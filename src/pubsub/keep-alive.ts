import type { Clock } from '../pipeline/ports.ts';

/** With protocol version 1, an empty request this often tells the server that the client is alive. */
const INTERVAL_MS = 30_000;
/**
 * The service answers each with an empty response. One that takes longer than this counts as missing, as it
 * does in the official client.
 */
const ANSWER_MS = 15_000;

/** What keepalives are sent on. */
export interface KeptAlive {
  /** Sends an empty request. */
  send(): void;
  /** The server answers no more. */
  silent(): void;
  /** A keepalive was sent, and nothing is known of whether this server answers any: an emulator does not. */
  unknown(): void;
}

/**
 * Keepalives of one stream after the other, on the same subscription. Once one was answered, the next that is
 * not ends its stream.
 */
export class KeepAlive {
  readonly #clock: Clock;
  #answers = false;
  #suspended = false;
  #cancelNext: () => void = () => undefined;
  #cancelCheck: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** For a stream that was opened. The one before it is forgotten. */
  begin(stream: KeptAlive): void {
    this.end();
    this.#schedule(stream);
  }

  /** A response came; those without messages are answers. */
  heard(isEmpty: boolean): void {
    if (isEmpty) this.#answers = true;
    this.#cancelCheck?.();
    this.#cancelCheck = undefined;
  }

  /** Responses are not read for now, so that none can be missed. */
  suspend(): void {
    this.#suspended = true;
    this.heard(false);
  }

  resume(): void {
    this.#suspended = false;
  }

  /** The stream is over. */
  end(): void {
    this.#cancelNext();
    this.heard(false);
  }

  #schedule(stream: KeptAlive): void {
    this.#cancelNext = this.#clock.schedule(INTERVAL_MS, () => {
      stream.send();
      this.#schedule(stream);
      if (!this.#answers) stream.unknown();
      else if (!this.#suspended) this.#check(stream);
    });
  }

  #check(stream: KeptAlive): void {
    this.#cancelCheck = this.#clock.schedule(ANSWER_MS, () => {
      this.end();
      stream.silent();
    });
  }
}
