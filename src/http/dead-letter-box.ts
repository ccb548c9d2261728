import type { ReadLetter } from '../export/dead-letters.ts';

/** Which dead letters are published again. */
export interface LettersToReplay {
  /** Only letters with this code. */
  readonly code?: string | undefined;
  /** Only those of these messages, by the ids that letters name. */
  readonly messageIds?: ReadonlySet<string> | undefined;
  readonly limit: number;
  /** Publish nothing: say what would be. */
  readonly dryRun: boolean;
}

/** What became of them: see `ReplayCounts` of src/pubsub/replay.ts. */
export interface ReplayedLetters {
  readonly replayed: number;
  readonly unconfirmed: number;
  readonly notAskedFor: number;
  readonly cameBack: number;
  readonly unfit: number;
  readonly parts: number;
}

/** Where dead letters are kept. One request after the other: what one looks at, no other sees meanwhile. */
export interface DeadLetterBox {
  /** Up to so many letters, which stay where they are, and for how long; rejects with `LmsError`. */
  list(
    limit: number,
    signal: AbortSignal,
  ): Promise<{ readonly letters: readonly ReadLetter[]; readonly retentionMs: number | undefined }>;
  /** Publishes letters to the topic again, and removes them once that is confirmed. Rejects with `LmsError`. */
  replay(which: LettersToReplay, signal: AbortSignal): Promise<ReplayedLetters>;
}
