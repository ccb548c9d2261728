/** What is two columns wide: characters of East Asia, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NO_WIDTH = /^\p{M}$/u;
/** What is as wide as it is long. */
const PLAIN = /^[ -~]*$/;

const CHARACTERS = new Intl.Segmenter('en');

/**
 * How many columns of a terminal a text takes that has nothing unseen in it, as most terminals have it: an
 * emoji that is made of several is one.
 */
export function columnsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of CHARACTERS.segment(text)) columns += widthOf(segment);
  return columns;
}

/** The text if it fits into so many columns, at least 1, else its beginning and `…`. */
export function cutToColumns(text: string, columns: number): string {
  // What is so long does not fit, whatever it is; the rest is not looked at.
  const near = text.slice(0, columns * MAX_UNITS);
  if (near.length === text.length && columnsOf(text) <= columns) return text;
  return `${beginning(near, columns - 1)}…`;
}

/** The text in lines of at most so many columns, at least 2. */
export function foldToColumns(text: string, columns: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > columns * MAX_UNITS || columnsOf(rest) > columns) {
    // What is wider than the line stands in one of its own.
    const line = beginning(rest.slice(0, columns * MAX_UNITS), columns) || rest.slice(0, columns * MAX_UNITS);
    lines.push(line);
    rest = rest.slice(line.length);
  }
  return [...lines, rest];
}

/** UTF-16 units of what is shown in a column: letters with many marks have more, and are cut. */
const MAX_UNITS = 12;

function beginning(text: string, columns: number): string {
  if (PLAIN.test(text)) return text.slice(0, columns);
  let taken = 0;
  for (const { segment, index } of CHARACTERS.segment(text)) {
    taken += widthOf(segment);
    if (taken > columns) return text.slice(0, index);
  }
  return text;
}

function widthOf(character: string): number {
  if (WIDE.test(character)) return 2;
  return NO_WIDTH.test(character) ? 0 : 1;
}
