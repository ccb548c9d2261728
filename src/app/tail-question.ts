import type { FollowPorts } from '../live/follow.ts';
import type { FoundEntry } from '../logs/entry.ts';
import type { Filter } from '../query/filter.ts';

/** What is followed. */
export interface TailQuestion {
  readonly filter: Filter;
  /** What is stored from this time on comes first, as a column holds it; absent: the last lines alone. */
  readonly since?: string | undefined;
  /** Of what is stored, the last so many come first; absent: all since then. */
  readonly lines?: number | undefined;
  /** Entries a second at most. */
  readonly maxRate?: number | undefined;
}

/** A tail that can be opened again and again. */
export interface OpenedTail extends Pick<FollowPorts<FoundEntry>, 'open'> {
  /** Ends what it has made elsewhere. Never rejects. */
  close(): Promise<void>;
}
