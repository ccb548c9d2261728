/** A file of a place. */
export interface PlacedFile {
  /** Letters, digits, `.`, `-` and `/` between folders: never absolute, never `..`. */
  readonly name: string;
  readonly bytes: number;
}

/** How a file is written. */
export interface WriteOptions {
  /** Takes the place of a file of the same name. Absent: if there is one, nothing is written. */
  readonly replace?: boolean;
  /** Aborted, nothing is written: rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Where an archive is kept: a directory or a bucket. Its files are whole: one that is being written, or whose
 * writing broke off, is not there. Rejects with `LmsError` ARCHIVE_PLACE, which names the file and the cause.
 */
export interface Place {
  /** As a person names it: for what is said of it. */
  readonly text: string;
  /** The files whose names begin so, in the order of their names. None if the place does not exist yet. */
  list(prefix: string, signal?: AbortSignal): Promise<readonly PlacedFile[]>;
  /** The bytes of a file, as they come; `undefined` at the first of them is no answer: a missing file rejects. */
  read(name: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /**
   * Writes a file of which nothing is to be seen before all of it is stored durably. Resolves to false if there
   * is one of that name that is not to be replaced. What `content` throws ends it, and is thrown.
   */
  write(name: string, content: AsyncIterable<Uint8Array>, options?: WriteOptions): Promise<boolean>;
  /** Removes a file, if it is there. */
  remove(name: string, signal?: AbortSignal): Promise<void>;
  /**
   * Removes what was left of writing that broke off, in files whose names begin so; a bucket has none. Nobody
   * else may be writing them.
   */
  removeLeftovers(prefix: string): Promise<void>;
}
