import type { StoredEntry } from '../logs/entry.ts';
import { SEVERITIES } from '../logs/severity.ts';
import type { KeyCount } from '../query/answers/ports.ts';
import { readListing } from './listing.ts';
import { damaged, type DayManifest, MANIFESTS, parseManifest, parseManifestName } from './manifest.ts';
import { isBefore, isSameKey } from './part-contents.ts';
import type { Place, PlacedFile } from './place.ts';
import { readPart } from './read-part.ts';

/** What is archived of a day. */
export interface ArchivedDay {
  /** `YYYY-MM-DD`, of UTC. */
  readonly day: string;
  /** At least one, oldest first. An entry that is in two of them, by its key, is one. */
  readonly editions: readonly DayManifest[];
}

/** Manifests are read so many at a time. */
const AT_ONCE = 16;
/** A larger one is none. */
const MAX_MANIFEST_BYTES = 64 * 1024 ** 2;

/** What cannot be read of an archive, and is said, while the rest is. */
export interface Unreadable {
  readonly name: string;
  /** ARCHIVE, as a rule. */
  readonly error: unknown;
}

/** What an archive holds. */
export interface Listing {
  /** In order. */
  readonly days: readonly ArchivedDay[];
  /** Manifests that are damaged: their days may be among those above, with other editions. */
  readonly unreadable: readonly Unreadable[];
}

/** Which days of an archive are meant: from the first to before another (`YYYY-MM-DD`), open if absent. */
export interface DayRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * The days of an archive by their manifests, which are taken from the listing where they stand in it; with `fresh`
 * each is read from its own file. None if the place is empty, or not there. Rejects as the place does.
 */
export async function listArchive(
  place: Place,
  range: DayRange = {},
  { fresh = false, signal }: { readonly fresh?: boolean; readonly signal?: AbortSignal | undefined } = {},
): Promise<Listing> {
  const files = (await place.list(MANIFESTS, signal)).filter(({ name }) => isOf(range, name));
  const known = fresh || files.length === 0 ? undefined : (await readListing(place, signal)).manifests;
  const manifests: DayManifest[] = [];
  const unreadable: Unreadable[] = [];
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const some = files.slice(at, at + AT_ONCE);
    const read = await Promise.allSettled(
      some.map(async (file) => known?.get(file.name) ?? (await readManifest(place, file, signal))),
    );
    signal?.throwIfAborted();
    for (const [index, result] of read.entries()) {
      if (result.status === 'fulfilled') manifests.push(result.value);
      else unreadable.push({ name: some[index]?.name ?? '', error: result.reason });
    }
  }
  const days = Map.groupBy(manifests, ({ day }) => day);
  return { days: [...days].map(([day, editions]) => ({ day, editions })), unreadable };
}

function isOf({ from, to }: DayRange, name: string): boolean {
  const day = parseManifestName(name)?.day;
  return day !== undefined && day >= (from ?? day) && (to === undefined || day < to);
}

/** Reads a manifest. Rejects with ARCHIVE if it is damaged, and as the place does. */
async function readManifest(
  place: Place,
  { name, bytes }: PlacedFile,
  signal?: AbortSignal,
): Promise<DayManifest> {
  if (bytes > MAX_MANIFEST_BYTES) throw damaged(name, `a manifest of ${bytes} bytes is none`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of place.read(name, signal)) chunks.push(chunk);
  return parseManifest(name, Buffer.concat(chunks).toString('utf8'));
}

/** How many rows of each service and severity a day's editions have together, in order. */
export function countsOf({
  editions,
}: {
  readonly editions: readonly Pick<DayManifest, 'counts'>[];
}): readonly KeyCount[] {
  const sums = new Map<string, KeyCount>();
  for (const each of editions.flatMap(({ counts }) => counts)) {
    const key = JSON.stringify([each.serviceName, SEVERITIES.indexOf(each.severity)]);
    sums.set(key, { ...each, count: each.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, sum]) => sum);
}

/**
 * The entries of a day in the order of their keys, each once, those of all its editions together; some at a time:
 * memory does not grow with them. Verified as `readPart` does: rejects with ARCHIVE at the first part that is not
 * what its manifest says.
 */
export async function* readDay(
  place: Place,
  { editions }: Pick<ArchivedDay, 'editions'>,
  signal?: AbortSignal,
): AsyncGenerator<readonly StoredEntry[], undefined> {
  const [only] = editions;
  if (only !== undefined && editions.length === 1) {
    yield* readEdition(place, only, signal);
    return;
  }
  const heads = editions.map((edition) => new Head(readEdition(place, edition, signal)));
  try {
    yield* merged(heads);
  } finally {
    await Promise.all(heads.map((head) => head.close()));
  }
}

/** The entries of an edition in the order of their keys; otherwise as `readDay`. */
async function* readEdition(
  place: Place,
  { parts }: Pick<DayManifest, 'parts'>,
  signal?: AbortSignal,
): AsyncGenerator<readonly StoredEntry[], undefined> {
  for (const part of parts) yield* readPart(place, part, signal);
}

const MERGED_AT_ONCE = 1_000;

async function* merged(heads: readonly Head[]): AsyncGenerator<readonly StoredEntry[], undefined> {
  await Promise.all(heads.map((head) => head.fill()));
  let batch: StoredEntry[] = [];
  for (;;) {
    const next = heads
      .map(({ entry }) => entry)
      .filter((entry) => entry !== undefined)
      .reduce<StoredEntry | undefined>(
        (least, each) => (least && !isBefore(each, least) ? least : each),
        undefined,
      );
    if (next === undefined) break;
    batch.push(next);
    for (const head of heads)
      if (head.entry !== undefined && isSameKey(head.entry, next) && head.advance()) await head.fill();
    if (batch.length < MERGED_AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The entry of an edition that comes next. */
class Head {
  readonly #source: AsyncGenerator<readonly StoredEntry[], undefined>;
  #batch: readonly StoredEntry[] = [];
  #at = 0;

  constructor(source: AsyncGenerator<readonly StoredEntry[], undefined>) {
    this.#source = source;
  }

  /** Undefined: there is none left, once it is filled. */
  get entry(): StoredEntry | undefined {
    return this.#batch[this.#at];
  }

  /** Goes on by one; true if it has to be filled. */
  advance(): boolean {
    this.#at += 1;
    return this.#at >= this.#batch.length;
  }

  async fill(): Promise<void> {
    const { value, done } = await this.#source.next();
    this.#batch = done === true ? [] : value;
    this.#at = 0;
  }

  async close(): Promise<void> {
    await this.#source.return(undefined);
  }
}
