/** Whether a text begins with the first piece, ends with the last, and has the others in order between. */
export function matchesPieces(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at <= end;
}

/** The order of two texts by code point, which is that of their bytes in UTF-8: negative, 0 or positive. */
export function compareTexts(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const difference = rank(one.charCodeAt(at)) - rank(other.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** UTF-16 has what is beyond the first 65,536 characters as surrogates, which are not its last units. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

const WORD_CHARACTER = /[\p{L}\p{M}\p{N}_]/u;
const WORD_RUN = /[\p{L}\p{M}\p{N}_]*/uy;

/**
 * Finds a text, not empty, where it does not begin or end in the middle of a word, unless that end is open. Takes
 * time in proportion to what it searches in, for each text of a length.
 */
export function wordFinder(
  text: string,
  openStart: boolean,
  openEnd: boolean,
): (searched: string) => boolean {
  const guardsStart = !openStart && isWordAt(text, 0);
  const guardsEnd = !openEnd && isWordBefore(text, text.length);
  return (searched) => {
    for (let at = searched.indexOf(text); at !== -1;) {
      const end = at + text.length;
      let next: number;
      if (guardsStart && isWordBefore(searched, at)) {
        // Whatever begins further on in this word does so in its middle, too.
        next = endOfWord(searched, at);
      } else if (guardsEnd && isWordAt(searched, end)) {
        // Nor may any end in it before its own end.
        next = Math.max(at + 1, endOfWord(searched, end) - text.length);
      } else {
        return true;
      }
      at = searched.indexOf(text, next);
    }
    return false;
  };
}

function isWordAt(text: string, at: number): boolean {
  const code = text.codePointAt(at);
  return code !== undefined && WORD_CHARACTER.test(String.fromCodePoint(code));
}

function isWordBefore(text: string, at: number): boolean {
  const isLowSurrogate = (text.charCodeAt(at - 1) & 0xfc00) === 0xdc00;
  return at > 0 && isWordAt(text, at - (isLowSurrogate ? 2 : 1));
}

function endOfWord(text: string, at: number): number {
  WORD_RUN.lastIndex = at;
  WORD_RUN.test(text);
  return WORD_RUN.lastIndex;
}
