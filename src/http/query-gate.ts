import { Problem } from './problems.ts';

/** How many questions the database is asked at once, and how long others wait. */
export interface GateLimits {
  readonly atOnce: number;
  readonly maxWaitMs: number;
  /** Of one who asks; all of them if absent. */
  readonly atOncePerKey?: number | undefined;
}

/** Somebody who waits for a turn. */
interface Waiting {
  readonly key: string | undefined;
  readonly begin: () => void;
}

/** How a question waits for its turn. */
interface Manner {
  readonly signal: AbortSignal;
  /** Waits until its turn comes, however long that takes. */
  readonly isPatient?: boolean;
  /** Whose it is; absent: nobody's in particular. */
  readonly key?: string | undefined;
}

/** Lets so many questions at once go to the database. Those that wait get their turns in order. */
export class QueryGate {
  readonly #limits: GateLimits;
  readonly #waiting = new Set<Waiting>();
  #atWork = 0;
  readonly #atWorkByKey = new Map<string, number>();

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
  async inTurn<T>(work: () => Promise<T>, { signal, isPatient = false, key }: Manner): Promise<T> {
    signal.throwIfAborted();
    if (this.#isFreeFor(key)) this.#take(key, 1);
    else await this.#turn({ signal, isPatient, key });
    try {
      return await work();
    } finally {
      this.#take(key, -1);
      this.#pass();
    }
  }

  #isFreeFor(key: string | undefined): boolean {
    const { atOnce, atOncePerKey = atOnce } = this.#limits;
    const own = key === undefined ? 0 : (this.#atWorkByKey.get(key) ?? 0);
    return this.#atWork < atOnce && own < atOncePerKey;
  }

  #take(key: string | undefined, turns: 1 | -1): void {
    this.#atWork += turns;
    if (key === undefined) return;
    const own = (this.#atWorkByKey.get(key) ?? 0) + turns;
    if (own === 0) this.#atWorkByKey.delete(key);
    else this.#atWorkByKey.set(key, own);
  }

  /** The first that has not as many as it may gets the turn that is over. */
  #pass(): void {
    const next = [...this.#waiting].find(({ key }) => this.#isFreeFor(key));
    next?.begin();
  }

  async #turn({ signal, isPatient, key }: Required<Manner>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const { maxWaitMs } = this.#limits;
    const waiting: Waiting = {
      key,
      begin: () => {
        this.#waiting.delete(waiting);
        this.#take(key, 1);
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
