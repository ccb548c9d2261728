import type { EntryReader } from '../query/answers/ports.ts';
import type { StoredSize } from '../retention/ports.ts';

/** Every table of ours: those that a size is asked of. A test compares the list with what migrations make. */
export const OUR_TABLES = [
  'service_logs',
  'service_severity',
  'service_severity_minutes',
  'lms_rollups',
  'lms_words_blocks',
  'lms_words_filters',
  'lms_words_slices',
  'lms_words_minutes',
  'lms_schema',
  'lms_migrations',
  'lms_leases',
  'lms_processes',
  'lms_tokens',
  'lms_keyed_requests',
  'lms_searches',
  'lms_retention_versions',
  'lms_retention_rules',
  'lms_retention_holds',
  'lms_retention_size',
] as const;

/** A database, opened to see how large it is. */
export interface Storage {
  /** Reads counts on the same connection. */
  readonly reader: EntryReader;
  /**
   * What it takes on the disk, from what the server has at hand: no table is read. Undefined: the user may see
   * no table of ours, or none is there. Rejects with `LmsError`.
   */
  size(): Promise<StoredSize | undefined>;
  close(): Promise<void>;
}
