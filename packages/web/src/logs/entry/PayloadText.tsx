import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { marks } from '../../state/display.ts';
import { text } from '../../text.ts';
import styles from './PayloadText.module.css';
import { Pieces } from './Pieces.tsx';
import { chunksOf } from './sizes.ts';
import { stackLines } from './stack-trace.ts';
import { piecesOf } from './text-pieces.ts';

/** What a browser lays out at once, in UTF-16 units. */
const CHUNK_LENGTH = 16_384;
/** So many chunks are added in a frame. */
const CHUNKS_A_FRAME = 8;

/** A text with its lines. A long one grows frame by frame, and a browser lays out what can be seen of it. */
export function PayloadText({
  payload,
  isWrapped,
  isCut = false,
}: {
  readonly payload: string;
  readonly isWrapped: boolean;
  /** Whether there is more than is shown. */
  readonly isCut?: boolean;
}) {
  const chunks = useMemo(() => chunksOf(payload, CHUNK_LENGTH), [payload]);
  const count = useGrowing(chunks.length);
  return (
    // It scrolls, and whoever has no mouse has to get there.
    <pre class={styles.text} data-wrapped={isWrapped} tabIndex={0} aria-label={text.entry.payload}>
      {chunks.slice(0, count).map((chunk, at) =>
        chunks.length === 1 ? (
          <Lines key={at} chunk={chunk} />
        ) : (
          <div key={at} class={styles.chunk}>
            <Lines chunk={chunk} />
          </div>
        ),
      )}
      {isCut && '…'}
    </pre>
  );
}

/** How many of so many are shown: more in each frame. */
function useGrowing(all: number): number {
  const count = useSignal(CHUNKS_A_FRAME);
  useEffect(() => {
    if (count.value >= all) return;
    const frame = requestAnimationFrame(() => (count.value += CHUNKS_A_FRAME));
    return () => cancelAnimationFrame(frame);
  }, [all, count.value]);
  return count.value;
}

function Lines({ chunk }: { readonly chunk: string }) {
  const shownMarks = marks.value;
  const parts = useMemo(() => {
    const lines = stackLines(chunk);
    if (lines === undefined) return [{ isFrame: false, pieces: piecesOf(chunk, { marks: shownMarks }) }];
    return lines.map(({ text: line, isFrame }, n) => {
      const whole = n === lines.length - 1 ? line : `${line}\n`;
      return { isFrame, pieces: piecesOf(whole, { marks: shownMarks }) };
    });
  }, [chunk, shownMarks]);
  return parts.map(({ isFrame, pieces }, at) =>
    isFrame ? (
      <span key={at} class={styles.frame}>
        <Pieces pieces={pieces} />
      </span>
    ) : (
      <Pieces key={at} pieces={pieces} />
    ),
  );
}
