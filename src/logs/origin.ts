import type { JsonObject } from './json.ts';
import type { Message } from './message.ts';

/** How messages are decoded; what is left out has its default. */
export interface DecodeOptions {
  /**
   * The service of a record that names none, if the attributes of its message do not either. 1 to 100
   * characters.
   */
  readonly defaultService?: string | undefined;
  /**
   * Since when the rows have scoped identities, as a column holds a time: `YYYY-MM-DD HH:MM:SS.ffffff`. An
   * entry of an earlier time also says under which id the release before stored it. Undefined: no row has an
   * id of the old kind.
   */
  readonly scopedSince?: string | undefined;
  /** How many entries one message may hold: 1 to 10,000. */
  readonly maxEntries?: number | undefined;
  /**
   * What compressed data may unpack to, in bytes, and what the entries of one message may add up to, in
   * UTF-16 units.
   */
  readonly maxUnpackedBytes?: number | undefined;
}

export const MAX_ENTRIES = 10_000;
export const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;

/** Where a JSON object was read from, and what its format may need to know beside it. */
export interface Origin {
  readonly message: Message;
  /** What the object was parsed from. Empty if its numbers need no second look. */
  readonly text: string;
  readonly options: DecodeOptions;
  /**
   * Which of several entries of its message it is, as the end of an id: `-0002` is the third. Empty if it is
   * the only one.
   */
  readonly part: string;
  /** What was around the object and belongs into the tags, under these names. */
  readonly around: JsonObject | undefined;
}
