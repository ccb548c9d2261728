import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { KeyCount } from '../query/answers/ports.ts';
import { type DayManifest, manifestName, parseManifest, printManifest } from './manifest.ts';
import type { Place } from './place.ts';

/** The file in which all manifests stand once more. Without it everything is right, and slower. */
export const LISTING = 'archive.json';
const LISTING_VERSION = 1;

/** What an archive says of itself in one file. */
export interface ArchiveListing {
  /** By their names. They never change: one that is listed here need not be read. */
  readonly manifests: ReadonlyMap<string, DayManifest>;
  /**
   * By day: of the database's counts of it, when its rows were last compared with the archive's and none were
   * missing there. As long as they are the same, none are.
   */
  readonly compared: ReadonlyMap<string, string>;
}

const NOTHING: ArchiveListing = { manifests: new Map(), compared: new Map() };
const SCHEMA = z.object({
  lms_archive_listing: z.literal(LISTING_VERSION),
  compared: z.record(z.string(), z.string()),
  manifests: z.array(z.unknown()),
});
const IDENTITY = z.object({ day: z.string(), edition: z.number() });

/** Reads the listing. Empty if there is none, or none that can be used. Rejects as the place does. */
export async function readListing(place: Place, signal?: AbortSignal): Promise<ArchiveListing> {
  const isThere = (await place.list(LISTING, signal)).some(({ name }) => name === LISTING);
  if (!isThere) return NOTHING;
  const chunks: Uint8Array[] = [];
  for await (const chunk of place.read(LISTING, signal)) chunks.push(chunk);
  return parseListing(Buffer.concat(chunks).toString('utf8'));
}

function parseListing(text: string): ArchiveListing {
  try {
    const { compared, manifests } = SCHEMA.parse(JSON.parse(text));
    const read = manifests.map((each) => {
      const name = manifestName(IDENTITY.parse(each));
      // As it stands: its checksum is of its members in their order.
      return [name, parseManifest(name, JSON.stringify(each))] as const;
    });
    return { manifests: new Map(read), compared: new Map(Object.entries(compared)) };
  } catch {
    // It is made anew from the manifests.
    return NOTHING;
  }
}

/** Writes the listing in the place of the one before. Rejects as the place does. */
export async function writeListing(
  place: Place,
  { manifests, compared }: ArchiveListing,
  signal?: AbortSignal,
): Promise<void> {
  await place.write(LISTING, text(manifests, compared), { replace: true, signal });
}

/** In pieces: together it may be large. */
async function* text(
  manifests: ArchiveListing['manifests'],
  compared: ArchiveListing['compared'],
): AsyncGenerator<Uint8Array, undefined> {
  const head = { lms_archive_listing: LISTING_VERSION, compared: Object.fromEntries(compared) };
  yield await Promise.resolve(Buffer.from(`${JSON.stringify(head).slice(0, -1)},"manifests":[`));
  let separator = '\n';
  for (const name of [...manifests.keys()].sort()) {
    const manifest = manifests.get(name);
    if (manifest === undefined) continue;
    yield Buffer.from(separator + JSON.stringify(JSON.parse(printManifest(manifest))));
    separator = ',\n';
  }
  yield Buffer.from('\n]}\n');
}

/** Tells counts from all others, whatever their order. */
export function countsDigest(counts: readonly KeyCount[]): string {
  const lines = counts.map(({ serviceName, severity, count }) =>
    JSON.stringify([serviceName, severity, count]),
  );
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}
