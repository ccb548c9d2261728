import { LmsError } from '../../errors/catalogue.ts';
import { pause } from '../../pipeline/clock.ts';
import type { Clock, Log } from '../../pipeline/ports.ts';

/** Between two tries, and between two looks whether other rules are in force. */
const LOOK_MS = 60_000;
/** What passes, or is put right by somebody while the process goes on. */
const PASSING: ReadonlySet<string> = new Set([
  'DATABASE_UNREACHABLE',
  'DATABASE_TOO_SLOW',
  'LEASE_LOST',
  'CLOCK',
]);

/** See `keepOn`. */
export interface KeepingOn {
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted, nothing is tried again. */
  readonly signal: AbortSignal;
}

/**
 * Does some work once more, a minute later, whenever it failed by what passes; resolves once it comes to its end.
 * Rejects with any other failure: of the first try also with LEASE_HELD, for whoever begins is told that another is
 * at it.
 */
export async function keepOn(work: () => Promise<void>, { clock, log, signal }: KeepingOn): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (signal.aborted || !mayPass(error, tries)) throw error;
      log.warn({ reason: error.message, code: error.code }, 'retention is tried again in a minute');
    }
    try {
      await pause(clock, LOOK_MS, signal);
    } catch {
      return;
    }
  }
}

function mayPass(error: unknown, tries: number): error is LmsError {
  if (!(error instanceof LmsError)) return false;
  return PASSING.has(error.code) || (tries > 0 && error.code === 'LEASE_HELD');
}

/** Rests for so long, or until something is so, which is looked at each minute; or until the signal is aborted. */
export async function restUnless(
  isOver: () => Promise<boolean>,
  { clock, ms, signal }: { readonly clock: Clock; readonly ms: number; readonly signal: AbortSignal },
): Promise<void> {
  const dueAtMs = clock.now() + ms;
  for (let leftMs = ms; leftMs > 0; leftMs = dueAtMs - clock.now()) {
    await pause(clock, Math.min(LOOK_MS, leftMs), signal).catch(() => undefined);
    if (signal.aborted || (await isOver())) return;
  }
}
