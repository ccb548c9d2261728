import { marks } from '../state/reading.ts';
import { Pieces } from './Pieces.tsx';
import { beginningOf, FIRST_LENGTH } from './sizes.ts';
import { piecesOf } from './text-pieces.ts';

/** The text of a line in a list: its beginning, with the words of the question marked. */
export function LineText({
  payload,
  isWrapped = false,
}: {
  readonly payload: string;
  /** With its line breaks, and not on one line. */
  readonly isWrapped?: boolean;
}) {
  const beginning = beginningOf(payload, FIRST_LENGTH);
  return (
    <>
      <Pieces pieces={piecesOf(beginning, { isOneLine: !isWrapped, marks: marks.value })} />
      {beginning !== payload && '…'}
    </>
  );
}
