import { listArchive } from '../../archive/archive.ts';
import { ArchiveReader } from '../../archive/archive-reader.ts';
import { openPlace } from '../../archive/open.ts';
import { type Damage, PartReading } from '../../archive/part-reading.ts';
import { LmsError } from '../../errors/catalogue.ts';
import type { EntryReader } from '../../query/answers/ports.ts';

/**
 * Opens an archive to read it in place. `onDamage` is told of each file that is damaged: the others are read. Rejects
 * with ARCHIVE_PLACE if there is no archive, or as the place does.
 */
export async function openArchiveReader(
  text: string,
  onDamage: (damage: Damage) => void,
  signal: AbortSignal,
): Promise<EntryReader> {
  const place = await openPlace(text);
  const { days, unreadable } = await listArchive(place, {}, { signal });
  for (const { name, error } of unreadable)
    onDamage({ name, reason: error instanceof Error ? error.message : String(error) });
  if (days.length === 0 && unreadable.length === 0)
    throw new LmsError('ARCHIVE_PLACE', `there is no archive in ${text}`);
  return new ArchiveReader(days, new PartReading(place, onDamage));
}
