import type { LmsError } from '../../errors/catalogue.ts';
import type { EntryReader } from '../../query/answers/ports.ts';
import type { WorkLease } from '../work-leases.ts';
import type { WordsDatabase } from './session.ts';
import { readWordsState, type WordsState, WordsUpkeep } from './upkeep.ts';

/** What one kind of database opens for its index. */
export interface WordsIndexParts {
  readonly database: WordsDatabase;
  readonly reader: EntryReader;
  /** Whether the same may pass later. */
  readonly isTransient: (error: unknown) => boolean;
  /** What a person is told of an error. */
  readonly explain: (error: unknown) => LmsError;
}

/** The index of words of a database, opened to be built or removed. */
export class WordsIndex {
  /** Reads on the connection that the index is written on: it sees what was committed there. */
  readonly reader: EntryReader;
  readonly #parts: WordsIndexParts;

  /** The reader is its own to close, and with it the connection. */
  constructor(parts: WordsIndexParts) {
    this.#parts = parts;
    this.reader = parts.reader;
  }

  /** What changes it, in transactions that the lease protects. Its errors are those of the library. */
  upkeep(lease: WorkLease): WordsUpkeep {
    return new WordsUpkeep(this.#parts.database, lease);
  }

  /** How far it has come. Rejects with `LmsError`. */
  state(): Promise<WordsState> {
    const { database, explain } = this.#parts;
    return database
      .snapshot((session) => readWordsState(session, database.dialect))
      .catch((error: unknown) => {
        throw explain(error);
      });
  }

  /** Whether the same may pass later. */
  isTransient(error: unknown): boolean {
    return this.#parts.isTransient(error);
  }

  /** What a person is told of an error. */
  explain(error: unknown): LmsError {
    return this.#parts.explain(error);
  }

  close(): Promise<void> {
    return this.reader.close();
  }
}
