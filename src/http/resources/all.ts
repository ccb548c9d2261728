import type { Resource } from '../resource.ts';
import { count, counts } from './counts.ts';
import { deadLetters, replayDeadLetters } from './dead-letters.ts';
import { deletedEntries } from './delete-entries.ts';
import { entries } from './entries.ts';
import { context, entry } from './entry.ts';
import { histogram } from './histogram.ts';
import { indexes } from './indexes.ts';
import { minutes, ranges, sums } from './minutes.ts';
import { postEntries } from './post-entries.ts';
import { removeSearch, saveSearch, searches } from './searches.ts';
import { services } from './services.ts';
import { beginSession, endSession, session } from './session.ts';
import { tail } from './tail.ts';
import { addToken, revokeToken, tokens } from './tokens.ts';
import { values } from './values.ts';
import { workers } from './workers.ts';

/** All that there is. */
export const RESOURCES: readonly Resource[] = [
  entries,
  postEntries,
  deletedEntries,
  count,
  entry,
  context,
  histogram,
  values,
  tail,
  services,
  counts,
  minutes,
  ranges,
  sums,
  workers,
  indexes,
  deadLetters,
  replayDeadLetters,
  session,
  beginSession,
  endSession,
  searches,
  saveSearch,
  removeSearch,
  tokens,
  addToken,
  revokeToken,
];
