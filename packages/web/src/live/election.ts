import { type Clock, pause } from './clock.ts';
import type { Election, Leadership } from './messages.ts';

/** By the browser's own locks: whoever holds it leads; it is free again when a tab closes or crashes. */
export function lockElection(locks: LockManager, name: string): Election {
  return {
    lead: (isUrgent, signal) =>
      new Promise<Leadership>((resolve, reject) => {
        const lost = new AbortController();
        const holding = Promise.withResolvers<undefined>();
        const hold = () => {
          if (signal.aborted) return undefined;
          resolve({
            lost: lost.signal,
            release: () => {
              holding.resolve(undefined);
            },
          });
          return holding.promise;
        };
        const options: LockOptions = isUrgent ? { steal: true } : { signal };
        locks.request(name, options, hold).catch((error: unknown) => {
          lost.abort(error);
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      }),
  };
}

/** Where tabs cannot speak with each other: each leads, itself alone. */
export const aloneElection: Election = {
  lead: () => Promise.resolve({ lost: new AbortController().signal, release: () => undefined }),
};

/** Where tabs keep who leads: `localStorage`. */
export type LeaseStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const RENEW_MS = 1_000;
const LEASE_MS = 6_000;
/** Whoever takes a lease looks after so long whether somebody else took it at the same moment. */
const SETTLE_MS = 120;

interface Lease {
  readonly tab: string;
  readonly untilMs: number;
}

/** What a lease takes: `tab` is nobody else's name, `wallMs` a clock that all tabs share. */
export interface LeaseParts {
  readonly name: string;
  readonly tab: string;
  readonly clock: Clock;
  readonly wallMs: () => number;
}

/**
 * By a lease in the browser's storage: for pages that came without TLS from another machine, to which browsers give
 * no locks.
 */
export class LeaseElection implements Election {
  readonly #storage: LeaseStorage;
  readonly #parts: LeaseParts;

  constructor(storage: LeaseStorage, parts: LeaseParts) {
    this.#storage = storage;
    this.#parts = parts;
  }

  async lead(isUrgent: boolean, signal: AbortSignal): Promise<Leadership> {
    const { clock } = this.#parts;
    for (;;) {
      signal.throwIfAborted();
      if (isUrgent || this.#holder === undefined || this.#isOurs) {
        this.#write();
        await pause(clock, SETTLE_MS, signal);
        signal.throwIfAborted();
        if (this.#isOurs) break;
      }
      await pause(clock, RENEW_MS, signal);
    }
    const [lost, released] = [new AbortController(), new AbortController()];
    void this.#keep(lost, released.signal);
    return {
      lost: lost.signal,
      release: () => {
        released.abort(new Error('it leads no longer'));
      },
    };
  }

  /** Renews it until it is released, or another tab has it. */
  async #keep(lost: AbortController, released: AbortSignal): Promise<void> {
    for (;;) {
      await pause(this.#parts.clock, RENEW_MS, released);
      if (released.aborted) break;
      if (this.#holder !== undefined && !this.#isOurs) {
        lost.abort(new Error('another tab leads'));
        return;
      }
      this.#write();
    }
    if (this.#isOurs) this.#storage.removeItem(this.#parts.name);
  }

  get #isOurs(): boolean {
    return this.#holder === this.#parts.tab;
  }

  /** The tab that has it now. */
  get #holder(): string | undefined {
    try {
      const lease = JSON.parse(this.#storage.getItem(this.#parts.name) ?? 'null') as Lease | null;
      return lease !== null && lease.untilMs > this.#parts.wallMs() ? lease.tab : undefined;
    } catch {
      return undefined;
    }
  }

  #write(): void {
    const { name, tab, wallMs } = this.#parts;
    this.#storage.setItem(name, JSON.stringify({ tab, untilMs: wallMs() + LEASE_MS } satisfies Lease));
  }
}
