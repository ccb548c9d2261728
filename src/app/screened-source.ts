import type { LiveReceiver, LiveSource } from '../live/ports.ts';
import type { LogEntry } from '../logs/entry.ts';
import { isKept } from '../pipeline/shared-delivery.ts';
import type { Screen } from '../screening/screen.ts';

/**
 * A source of stored rows that a screen is held before: the worker that stored one may have had other settings.
 * What was redacted already stays as it is.
 */
export class ScreenedSource implements LiveSource {
  readonly #source: LiveSource;
  readonly #screen: Screen;

  constructor(source: LiveSource, screen: Screen) {
    this.#source = source;
    this.#screen = screen;
  }

  start(receiver: LiveReceiver): Promise<void> {
    return this.#source.start({
      entries: (entries) => receiver.entries(this.#screened(entries)),
      gap: (range) => receiver.gap(range),
      failed: (error) => receiver.failed(error),
    });
  }

  stop(): Promise<void> {
    return this.#source.stop();
  }

  lagMs(): number {
    return this.#source.lagMs();
  }

  #screened(entries: readonly LogEntry[]): readonly LogEntry[] {
    return entries.map((entry) => this.#screen.entry(entry)).filter(isKept);
  }
}
