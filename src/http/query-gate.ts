import { Problem } from './problems.ts';

/** How many questions the database is asked at once, and how long others wait. */
export interface GateLimits {
  readonly atOnce: number;
  readonly maxWaitMs: number;
}

/** Somebody who waits for a turn. */
interface Waiting {
  readonly begin: () => void;
}

/** Lets so many questions at once go to the database. Those that wait get their turns in order. */
export class QueryGate {
  readonly #limits: GateLimits;
  readonly #waiting = new Set<Waiting>();
  #atWork = 0;

  constructor(limits: GateLimits) {
    this.#limits = limits;
  }

  /** Questions that are asked now. */
  get atWork(): number {
    return this.#atWork;
  }

  /** Those that wait for a turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Does something in its turn. Rejects with BUSY if that does not come in time; one that is patient waits
   * until it comes. Aborted while it waits, it rejects with the signal's reason.
   */
  async inTurn<T>(
    work: () => Promise<T>,
    { signal, isPatient = false }: { readonly signal: AbortSignal; readonly isPatient?: boolean },
  ): Promise<T> {
    signal.throwIfAborted();
    if (this.#atWork >= this.#limits.atOnce) await this.#turn(signal, isPatient);
    else this.#atWork += 1;
    try {
      return await work();
    } finally {
      this.#pass();
    }
  }

  /** The next one gets the turn that is over. */
  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#atWork -= 1;
    else next.begin();
  }

  async #turn(signal: AbortSignal, isPatient: boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const { maxWaitMs } = this.#limits;
    const waiting: Waiting = {
      begin: () => {
        this.#waiting.delete(waiting);
        resolve(undefined);
      },
    };
    const leave = (reason: unknown) => {
      if (this.#waiting.delete(waiting)) reject(reason);
    };
    const onAbort = () => {
      leave(signal.reason);
    };
    const timer = isPatient ? undefined : setTimeout(() => leave(busy(maxWaitMs)), maxWaitMs);
    this.#waiting.add(waiting);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }
}

function busy(maxWaitMs: number): Problem {
  const seconds = Math.max(1, Math.ceil(maxWaitMs / 1_000));
  return new Problem('BUSY', `No other question was over within ${maxWaitMs} ms: ask again later.`, {
    headers: { 'retry-after': String(seconds) },
  });
}
