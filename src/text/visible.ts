/*
 * Texts of strangers on a terminal. Characters that cannot be seen can still do something there: move the
 * cursor, change the order of what stands around them, or make two names look alike. They are shown as JSON
 * would write them: `\u202e`, `\n`.
 */

/**
 * Control characters of both sets, everything that only says how to show the rest, spaces that have no width,
 * separators of lines, and what has no meaning (yet).
 */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/v;
/**
 * Emoji stay whole, although some are joined by characters that cannot be seen. Slow, 20 microseconds where
 * one may begin: for texts in which those are.
 */
const EMOJI_OR_UNSEEN =
  /(?=\p{Emoji})\p{RGI_Emoji}|(?<unseen>[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}])/gv;

/** A text on one line, with everything that cannot be seen as an escape. */
export function visible(text: string): string {
  if (!UNSEEN.test(text)) return text;
  return text.replace(EMOJI_OR_UNSEEN, (found: string, unseen: string | undefined) =>
    unseen === undefined ? found : escaped(found),
  );
}

/** The same with its line breaks. What it makes of a JSON text means the same as before. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

/** A value as JSON over several lines, for people and programs alike. */
export function visibleJson(value: unknown): string {
  return `${visibleLines(JSON.stringify(value, null, 2))}\n`;
}

/** A character as JSON writes it: one that is not among the first 65,536 as its two halves. */
export function escaped(character: string): string {
  const short = JSON.stringify(character).slice(1, -1);
  if (short.startsWith('\\')) return short;
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
