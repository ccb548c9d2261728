import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ExpressionMistake } from '../../state/question/expression.ts';
import styles from './MistakeMarks.module.css';

/** A line under what is wrong in a box: the same text, unseen, lies where that of the box does. */
export function MistakeMarks({
  text,
  mistake,
  box,
}: {
  readonly text: string;
  readonly mistake: ExpressionMistake | undefined;
  readonly box: RefObject<HTMLInputElement | null>;
}) {
  const marks = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const input = box.current;
    if (input === null || mistake === undefined) return;
    const follow = () => {
      if (marks.current !== null) marks.current.scrollLeft = input.scrollLeft;
    };
    follow();
    input.addEventListener('scroll', follow);
    return () => input.removeEventListener('scroll', follow);
  }, [mistake]);
  if (mistake === undefined) return null;
  const { at, length } = mistake;
  return (
    <div ref={marks} class={styles.marks} aria-hidden="true">
      {text.slice(0, at)}
      <mark class={styles.mark}>{text.slice(at, at + length) || ' '}</mark>
      {text.slice(at + length)}
    </div>
  );
}
