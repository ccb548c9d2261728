import { type ArchivedDay, listArchive, type Unreadable } from '../../archive/archive.ts';
import { type ArchiveListing, readListing, writeListing } from '../../archive/listing.ts';
import { type DayManifest, manifestName, parseManifestName } from '../../archive/manifest.ts';
import type { Place } from '../../archive/place.ts';
import type { ArchivedDayResult, DayToArchive } from './archive-day.ts';

/** What an archive holds, as a run that adds to it knows. */
export class KnownArchive {
  readonly #place: Place;
  readonly #listing: ArchiveListing;
  readonly #unreadable: readonly Unreadable[];
  readonly #days: Map<string, readonly DayManifest[]>;
  readonly #compared: Map<string, string>;

  private constructor(
    place: Place,
    found: { readonly days: readonly ArchivedDay[]; readonly unreadable: readonly Unreadable[] },
    listing: ArchiveListing,
  ) {
    this.#place = place;
    this.#listing = listing;
    this.#unreadable = found.unreadable;
    this.#days = new Map(found.days.map(({ day, editions }) => [day, editions]));
    this.#compared = new Map(listing.compared);
  }

  /** Rejects as the place does. */
  static async open(place: Place, signal: AbortSignal): Promise<KnownArchive> {
    return new KnownArchive(
      place,
      await listArchive(place, {}, { signal }),
      await readListing(place, signal),
    );
  }

  /** Throws ARCHIVE for a day with a manifest that cannot be read: who knows what is in its parts. */
  requireReadable(day: string): void {
    const fault = this.#unreadable.find(({ name }) => parseManifestName(name)?.day === day);
    if (fault !== undefined) throw fault.error;
  }

  of(day: string): DayToArchive {
    return { day, editions: this.#days.get(day) ?? [], compared: this.#compared.get(day) };
  }

  add(day: string, { editions, compared }: ArchivedDayResult): void {
    if (editions.length > 0) this.#days.set(day, editions);
    if (compared !== undefined) this.#compared.set(day, compared);
  }

  /** The database's counts of a day change: should they ever be the same again, its rows need not be. */
  forgetCounts(day: string): void {
    this.#compared.delete(day);
  }

  /** Writes the listing, if it would say something else. Rejects as the place does. */
  async writeListing(): Promise<void> {
    const editions = [...this.#days.values()].flat();
    const manifests = new Map(editions.map((each) => [manifestName(each), each]));
    const before = this.#listing;
    const isSame =
      areSame([...manifests.keys()], [...before.manifests.keys()]) &&
      areSame([...this.#compared].map(String), [...before.compared].map(String));
    if (!isSame) await writeListing(this.#place, { manifests, compared: this.#compared });
  }
}

function areSame(some: readonly string[], others: readonly string[]): boolean {
  return [...some].sort().join('\n') === [...others].sort().join('\n');
}
