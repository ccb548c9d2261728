import { marks } from '../../state/display.ts';
import { Pieces } from '../entry/Pieces.tsx';
import { beginningOf, FIRST_LENGTH } from '../entry/sizes.ts';
import { piecesOf } from '../entry/text-pieces.ts';

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
