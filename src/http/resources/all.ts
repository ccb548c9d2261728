import type { Resource } from '../resource.ts';
import { count, counts } from './counts.ts';
import { deletedEntries } from './delete-entries.ts';
import { entries } from './entries.ts';
import { context, entry } from './entry.ts';
import { histogram } from './histogram.ts';
import { minutes, ranges } from './minutes.ts';
import { services } from './services.ts';
import { values } from './values.ts';
import { workers } from './workers.ts';

/** All that there is. */
export const RESOURCES: readonly Resource[] = [
  entries,
  deletedEntries,
  count,
  entry,
  context,
  histogram,
  values,
  services,
  counts,
  minutes,
  ranges,
  workers,
];
