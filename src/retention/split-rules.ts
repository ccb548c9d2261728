/** A rule as it stands in a text: white space and comments around it are left out. */
export interface RulePart {
  /** Where it begins in the text: a UTF-16 offset. */
  readonly at: number;
  readonly text: string;
  /** Where the last `=` outside of quotes is, from the beginning of the rule; undefined if there is none. */
  readonly equalsAt: number | undefined;
}

const CLOSING: Readonly<Record<string, string>> = { '"': '"', '“': '“”„', '”': '“”„', '„': '“”„' };

/**
 * Splits a text into rules: at `;` and at the ends of lines, but not in quotes. A `#` at the beginning of a line, or
 * behind white space, begins a comment, which ends with the line.
 */
export function splitRules(text: string): readonly RulePart[] {
  const parts: RulePart[] = [];
  let [start, equalsAt]: [number, number | undefined] = [0, undefined];
  const end = (at: number) => {
    const raw = text.slice(start, at);
    const trimmed = raw.trim();
    const begins = start + raw.indexOf(trimmed);
    if (trimmed !== '')
      parts.push({
        at: begins,
        text: trimmed,
        equalsAt: equalsAt === undefined ? undefined : equalsAt - begins,
      });
    equalsAt = undefined;
  };
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (isComment(text, at)) {
      end(at);
      at = endOfLine(text, at);
      start = at;
      continue;
    }
    if (character === ';' || character === '\n') {
      end(at);
      start = at + 1;
    } else if (character === '=') equalsAt = at;
    at = CLOSING[character] === undefined ? at + 1 : endOfQuotes(text, at);
  }
  end(at);
  return parts;
}

function isComment(text: string, at: number): boolean {
  return text.charAt(at) === '#' && (at === 0 || /\s|;/.test(text.charAt(at - 1)));
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/** Behind the closing quotation mark; without one, behind the one that opens: whoever reads the rule says so. */
function endOfQuotes(text: string, at: number): number {
  const closing = CLOSING[text.charAt(at)] ?? '';
  for (let end = at + 1; end < text.length; end += 1) {
    const character = text.charAt(end);
    if (character === '\\') end += 1;
    else if (closing.includes(character)) return end + 1;
  }
  return at + 1;
}
