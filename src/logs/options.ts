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
   * What the compressed data of one message may unpack to, in bytes, and what its records may add up to, in
   * UTF-16 units, with what they share for each of them.
   */
  readonly maxUnpackedBytes?: number | undefined;
}

export const MAX_ENTRIES = 10_000;
export const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;
