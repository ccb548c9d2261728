import type { Connector } from './connect.ts';
import type { Session } from './session.ts';

const LOOK_MS = 1_000;
/** A lent session from which nothing came for so long makes us ask its server whether it is there. */
const SILENCE_MS = 5_000;
/** A login takes a few round trips. */
const ANSWER_MS = 3_000;

/** A lent session, and when something came from its server last. */
interface Watched {
  bytes: number;
  heardMs: number;
  isBeingAsked: boolean;
}

/**
 * Finds sessions whose server is gone without a word: its machine is off, or the network to it. A statement
 * may take its time, so what tells is another login to the same server: if nobody answers that, the session is
 * cut, and its statement fails as with any lost connection.
 */
export class SilenceWatch {
  readonly #connector: Connector;
  readonly #lent = new Map<Session, Watched>();
  #timer: NodeJS.Timeout | undefined;

  constructor(connector: Connector) {
    this.#connector = connector;
  }

  /** The session is in use from now on. */
  begin(session: Session): void {
    const bytes = this.#connector.bytesRead(session.connection);
    this.#lent.set(session, { bytes, heardMs: performance.now(), isBeingAsked: false });
    this.#timer ??= setInterval(() => {
      this.#look(performance.now());
    }, LOOK_MS).unref();
  }

  end(session: Session): void {
    this.#lent.delete(session);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#lent.clear();
  }

  #look(nowMs: number): void {
    for (const [session, watched] of this.#lent) {
      const bytes = this.#connector.bytesRead(session.connection);
      if (bytes !== watched.bytes) {
        watched.bytes = bytes;
        watched.heardMs = nowMs;
      } else if (nowMs - watched.heardMs >= SILENCE_MS && !watched.isBeingAsked) {
        void this.#ask(session, watched);
      }
    }
  }

  async #ask(session: Session, watched: Watched): Promise<void> {
    watched.isBeingAsked = true;
    const isThere = await this.#connector.isThere(session.connection, ANSWER_MS);
    watched.isBeingAsked = false;
    watched.heardMs = performance.now();
    // It may have been given back meanwhile, or have got its answer.
    const isSilent = this.#connector.bytesRead(session.connection) === watched.bytes;
    if (!isThere && isSilent && this.#lent.get(session) === watched) this.#connector.cut(session.connection);
  }
}
