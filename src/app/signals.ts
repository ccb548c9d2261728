import { constants } from 'node:os';

/** Why a command was asked to stop. */
export type StopReason = StopSignal | 'duration';

/** SIGHUP comes when the terminal is closed: a worker drains then, as it does for the others. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type StopSignal = (typeof STOP_SIGNALS)[number];

/** A request to stop, to be waited for. */
export interface StopRequest {
  /** Aborts when the request comes. */
  readonly signal: AbortSignal;
  /** Why it came; undefined while it has not. */
  readonly reason: () => StopReason | undefined;
  /** Stops listening: signals have their usual effect again. Idempotent. */
  readonly dispose: () => void;
}

/** See `stopSignal`. */
export interface StopOptions {
  /** Stop after this time. Absent: only a signal stops. */
  readonly durationMs?: number;
  /** Called before a second signal ends the process at once: the last chance to print something. */
  readonly beforeExit?: (signal: StopSignal) => void;
  /** Whether a second signal ends the process now: not while another program has the terminal. Always if absent. */
  readonly mayExit?: () => boolean;
}

/**
 * A signal that comes again so soon is the same Ctrl-C: `npm run` passes it on to a child that the terminal
 * has sent it to already.
 */
const SAME_PRESS_MS = 300;

/**
 * A request to stop by SIGINT, SIGTERM, SIGHUP or after a time. A second signal exits at once, with 128 and
 * its number.
 */
export function stopSignal(options: StopOptions = {}): StopRequest {
  const controller = new AbortController();
  let reason: StopReason | undefined;
  let signalledAtMs: number | undefined;

  const stop = (why: StopReason): void => {
    reason ??= why;
    controller.abort();
  };
  const onSignal = (name: StopSignal): void => {
    const nowMs = performance.now();
    if (signalledAtMs === undefined) {
      signalledAtMs = nowMs;
      stop(name);
    } else if (nowMs - signalledAtMs > SAME_PRESS_MS && (options.mayExit?.() ?? true)) {
      options.beforeExit?.(name);
      process.exit(128 + constants.signals[name]);
    }
  };
  const timer =
    options.durationMs === undefined ? undefined : setTimeout(stop, options.durationMs, 'duration');
  const dispose = (): void => {
    clearTimeout(timer);
    for (const name of STOP_SIGNALS) process.off(name, onSignal);
  };
  for (const name of STOP_SIGNALS) process.on(name, onSignal);
  return { signal: controller.signal, reason: () => reason, dispose };
}
