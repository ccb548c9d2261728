import { LmsError } from '../errors/catalogue.ts';
import { Directory } from './directory.ts';
import type { Place } from './place.ts';

/**
 * The place that a person names: `gs://bucket/prefix`, or a directory. Nothing is looked at yet, and the library of
 * buckets is loaded for a bucket alone. Throws ARCHIVE_PLACE for what is neither.
 */
export async function openPlace(text: string): Promise<Place> {
  if (text.startsWith('gs://')) {
    const { openBucket } = await import('./bucket.ts');
    return openBucket(text);
  }
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
  if (scheme === undefined) return new Directory(text);
  throw new LmsError(
    'ARCHIVE_PLACE',
    `${text}: an archive is a directory or gs://bucket/prefix, and ${scheme}:// is neither. ` +
      'Archive to a directory and copy that: its files are whole and never change.',
  );
}
