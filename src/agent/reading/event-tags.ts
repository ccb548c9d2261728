import type { JsonObject } from '../../logs/json.ts';
import type { Fragment } from './fragment.ts';

/** What an event is made of. */
export interface EventParts {
  readonly fragments: readonly Fragment[];
  /** Whether it goes on with the event before it, which had grown too long. */
  readonly isContinued: boolean;
  /** What it should have been, and is not. */
  readonly misfit: string | undefined;
  /** Whether nobody waits for the end of its last line any more. */
  readonly isGivenUp: boolean;
}

/**
 * What is said of an event beside what its lines say, each only where it applies: `stream` of a container; `piece` of
 * a line that was too long, from 1, and `pieces` of the last of them; `continued` and `unfinished`, which are true;
 * `parse_error`, the format that it should have; `raw_base64`, its bytes where they are no text, of several lines a
 * list with null for those that are.
 */
export function eventTags({ fragments, isContinued, misfit, isGivenUp }: EventParts): JsonObject {
  const tags: Record<string, unknown> = {};
  const [first] = fragments;
  if (first?.container !== undefined) tags['stream'] = first.container.stream;
  if (first !== undefined && first.piece > 0) {
    tags['piece'] = first.piece;
    if (first.isLastPiece) tags['pieces'] = first.piece;
  }
  if (isContinued) tags['continued'] = true;
  if (isGivenUp) tags['unfinished'] = true;
  if (misfit !== undefined) tags['parse_error'] = misfit;
  const raw = fragments.flatMap((fragment) => fragment.raw);
  if (raw.some((bytes) => bytes !== null)) tags['raw_base64'] = raw.length === 1 ? raw[0] : raw;
  return tags;
}
