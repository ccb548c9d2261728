import { visible } from '../text/visible.ts';
import { columnsOf } from '../text/width.ts';

/** What is wrong with what a person wrote, and where. */
export interface Mistake {
  readonly kind: 'mistake';
  /** One sentence. */
  readonly message: string;
  /** Where in the text: a UTF-16 offset. At the end of the text if something is missing there. */
  readonly at: number;
  /** How many UTF-16 units are wrong; 0 where something is missing. */
  readonly length: number;
  /** What would have been right there. */
  readonly expected: string;
}

/** A mistake in a text. */
export function mistake(message: string, at: number, length: number, expected: string): Mistake {
  return { kind: 'mistake', message, at, length, expected };
}

/** Whether a result is a mistake, whatever it would be otherwise. */
export function isMistake(result: unknown): result is Mistake {
  return typeof result === 'object' && result !== null && 'kind' in result && result.kind === 'mistake';
}

/** A text of so many characters is shown whole: fewer than a line of a terminal has. */
const SHOWN_WHOLE = 76;
/** Of a longer one, so many characters before, of and after what is wrong. */
const SHOWN_BEFORE = 40;
const SHOWN_WRONG = 24;
const SHOWN_AFTER = 12;

/** A mistake for a terminal: the text, or what of it stands around the mistake, marks under it, and the words. */
export function showMistake(text: string, { message, at, length, expected }: Mistake): string {
  const isWhole = text.length <= SHOWN_WHOLE;
  const before = cut(text.slice(0, at), isWhole ? -SHOWN_WHOLE : -SHOWN_BEFORE);
  const wrong = cut(text.slice(at, at + length), isWhole ? SHOWN_WHOLE : SHOWN_WRONG);
  const after = cut(text.slice(at + length), isWhole ? SHOWN_WHOLE : SHOWN_AFTER);
  const marks = '^'.repeat(Math.max(columnsOf(wrong), 1));
  return `${before}${wrong}${after}\n${' '.repeat(columnsOf(before))}${marks}\n${message} Expected ${expected}.`;
}

/** The end of a text on one line, for the words about a mistake. */
export function excerpt(text: string): string {
  return cut(text, -SHOWN_BEFORE);
}

/** The first characters of a text, or if `count` is negative the last, as they can be shown. */
function cut(text: string, count: number): string {
  const characters = [...text];
  if (characters.length <= Math.abs(count)) return visible(text);
  return count < 0
    ? `…${visible(characters.slice(count).join(''))}`
    : `${visible(characters.slice(0, count).join(''))}…`;
}
