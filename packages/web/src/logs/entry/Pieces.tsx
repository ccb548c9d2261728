import type { AnsiLook } from './ansi.ts';
import styles from './Pieces.module.css';
import type { Piece } from './text-pieces.ts';

/** A text as it is shown: coloured as on a terminal, with what was searched for marked. */
export function Pieces({ pieces }: { readonly pieces: readonly Piece[] }) {
  return pieces.map((piece, at) => <OnePiece key={at} piece={piece} />);
}

function OnePiece({ piece: { text, look, isMark = false, isControl = false } }: { readonly piece: Piece }) {
  const shown = isControl ? <span class={styles.control}>{text}</span> : text;
  const coloured =
    look === undefined ? (
      shown
    ) : (
      <span class={styles.look} {...attributesOf(look)}>
        {shown}
      </span>
    );
  return isMark ? <mark class={styles.mark}>{coloured}</mark> : <>{coloured}</>;
}

function attributesOf({ fg, bg, isInverse = false, ...look }: AnsiLook) {
  const ground = isInverse ? (fg ?? 'grey') : bg;
  return {
    'data-fg': ground === undefined ? fg : undefined,
    'data-bg': ground,
    'data-bold': look.isBold,
    'data-dim': look.isDim,
    'data-italic': look.isItalic,
    'data-underlined': look.isUnderlined,
    'data-struck': look.isStruck,
  };
}
