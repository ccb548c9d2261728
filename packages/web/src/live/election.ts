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

/**
 * By a lease in the browser's storage: for pages that came without TLS from another machine, to which browsers give
 * no locks. `wallMs`: a clock that all tabs share.
 */
export function leaseElection(
  storage: LeaseStorage,
  { name, tab, clock, wallMs }: { name: string; tab: string; clock: Clock; wallMs: () => number },
): Election {
  const read = (): Lease | undefined => {
    try {
      const lease = JSON.parse(storage.getItem(name) ?? 'null') as Lease | null;
      return lease !== null && lease.untilMs > wallMs() ? lease : undefined;
    } catch {
      return undefined;
    }
  };
  const write = () => {
    storage.setItem(name, JSON.stringify({ tab, untilMs: wallMs() + LEASE_MS } satisfies Lease));
  };
  const isOurs = () => read()?.tab === tab;
  const keep = async (lost: AbortController, released: AbortSignal) => {
    while (!released.aborted && !lost.signal.aborted) {
      await pause(clock, RENEW_MS, released);
      if (released.aborted) break;
      if (read() === undefined || isOurs()) write();
      else lost.abort(new Error('another tab leads'));
    }
    if (isOurs()) storage.removeItem(name);
  };
  return {
    async lead(isUrgent, signal) {
      for (;;) {
        signal.throwIfAborted();
        if (isUrgent || read() === undefined || isOurs()) {
          write();
          await pause(clock, SETTLE_MS, signal);
          signal.throwIfAborted();
          if (isOurs()) break;
        }
        await pause(clock, RENEW_MS, signal);
      }
      const [lost, released] = [new AbortController(), new AbortController()];
      void keep(lost, released.signal);
      return {
        lost: lost.signal,
        release: () => {
          released.abort(new Error('it leads no longer'));
        },
      };
    },
  };
}
