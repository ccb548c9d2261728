import { LmsError } from '../errors/catalogue.ts';
import type { StoredEntry } from '../logs/entry.ts';
import type { PartManifest } from './manifest.ts';
import type { Place } from './place.ts';
import { readPart } from './read-part.ts';

/** What is wrong with an archive, and where. */
export interface Damage {
  readonly name: string;
  /** With the name in it. */
  readonly reason: string;
}

/** Reads parts, and leaves out those that are damaged: of each it is told once. */
export class PartReading {
  readonly #place: Place;
  readonly #onDamage: (damage: Damage) => void;
  readonly #damaged = new Set<string>();

  constructor(place: Place, onDamage: (damage: Damage) => void) {
    this.#place = place;
    this.#onDamage = onDamage;
  }

  /**
   * Hands the entries of parts to `take`, one part after the other, and resolves to their number. If one of them
   * turns out to be damaged, `restart` is called, and all begins anew without it: what was taken is to be
   * forgotten. Rejects with the signal's reason.
   */
  async read(
    parts: readonly PartManifest[],
    { take, restart }: { readonly take: (entry: StoredEntry) => void; readonly restart: () => void },
    signal: AbortSignal,
  ): Promise<number> {
    let rows = 0;
    for (;;) {
      restart();
      const damage = await this.#readAll(
        parts,
        (entries) => {
          rows += entries.length;
          for (const entry of entries) take(entry);
        },
        signal,
      );
      if (damage === undefined) return rows;
      this.#damaged.add(damage.name);
      this.#onDamage(damage);
    }
  }

  /** Resolves to the first damage. */
  async #readAll(
    parts: readonly PartManifest[],
    take: (entries: readonly StoredEntry[]) => void,
    signal: AbortSignal,
  ): Promise<Damage | undefined> {
    for (const part of parts) {
      if (this.#damaged.has(part.name)) continue;
      try {
        for await (const entries of readPart(this.#place, part, signal)) {
          signal.throwIfAborted();
          take(entries);
        }
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof LmsError)) throw error;
        return { name: part.name, reason: error.message };
      }
    }
    return undefined;
  }
}
