import type { Mistake } from './mistake.ts';
import { mistake } from './mistake.ts';

/** The longest expression, in UTF-16 units. */
export const MAX_LENGTH = 4_096;
/** How deep parentheses and negations of an expression nest. */
export const MAX_DEPTH = 32;
/** How many conditions an expression has. */
export const MAX_TERMS = 200;

const SPACE = /\s*/y;
const END_OF_WORD = /$|[\s)]/y;
/** A dash that is part of a text has a space after it, another dash or the rest of an arrow. */
const NEGATING_DASH = /-(?![-\s)>]|$)/y;
const KEYWORD = /(?:AND|OR|NOT)(?=[\s()]|$)/y;
const STRAIGHT_QUOTE = '"';
const CURLY_QUOTES = '“”„';
/** Up to what may end a text in quotes, or is an escape. */
const IN_STRAIGHT_QUOTES = /[^"\\]*/y;
const IN_CURLY_QUOTES = /[^"“”„\\]*/y;
const ESCAPE = /\\(?:u\{([0-9a-fA-F]{1,6})\}|([\\"“”„ntr]))/y;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
/** What a word that is not in quotes goes on with: parentheses are looked at one by one. */
const WORD_RUN = /[^\s()]+/y;
const WORD_RUN_TO_STAR = /[^\s()*]+/y;

export type Keyword = 'AND' | 'OR' | 'NOT';

/** Reads an expression from its beginning to its end; never goes back further than to the start of a word. */
export class Scanner {
  /** Where the next character is: a UTF-16 offset. */
  at = 0;
  readonly text: string;
  #depth = 0;
  #terms = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** One character further on, or '' behind the end. */
  peek(distance = 0): string {
    return this.text.charAt(this.at + distance);
  }

  /** What a sticky pattern matches here, and moves behind it. */
  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match !== null) this.at += match[0].length;
    return match;
  }

  sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    return pattern.test(this.text);
  }

  skipSpace(): void {
    this.take(SPACE);
  }

  isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  isAtEndOfWord(): boolean {
    return this.sees(END_OF_WORD);
  }

  isAtQuote(): boolean {
    return !this.isAtEnd() && (this.peek() === STRAIGHT_QUOTE || CURLY_QUOTES.includes(this.peek()));
  }

  /** Whether a `-` that negates what comes after it stands here. */
  isAtNegation(): boolean {
    return this.sees(NEGATING_DASH);
  }

  /** The keyword that stands here as a word of its own. */
  keyword(): Keyword | undefined {
    KEYWORD.lastIndex = this.at;
    const found = KEYWORD.exec(this.text)?.[0];
    return found === 'AND' || found === 'OR' || found === 'NOT' ? found : undefined;
  }

  /** One level deeper, for what `inner` reads. */
  nested<T>(inner: () => T | Mistake): T | Mistake {
    if (this.#depth === MAX_DEPTH) {
      return mistake(
        `This nests deeper than ${MAX_DEPTH} levels.`,
        this.at,
        1,
        'fewer parentheses and negations',
      );
    }
    this.#depth += 1;
    const result = inner();
    this.#depth -= 1;
    return result;
  }

  /** Counts a condition that begins at `start`; a mistake if there are too many. */
  countTerm(start: number): Mistake | undefined {
    this.#terms += 1;
    if (this.#terms <= MAX_TERMS) return undefined;
    return mistake(
      `This is condition number ${MAX_TERMS + 1}.`,
      start,
      this.at - start,
      `at most ${MAX_TERMS} conditions`,
    );
  }

  /** The text in quotes that begins here. */
  readQuoted(): string | Mistake {
    const start = this.at;
    const isStraight = this.peek() === STRAIGHT_QUOTE;
    this.at += 1;
    let read = '';
    for (;;) {
      read += this.take(isStraight ? IN_STRAIGHT_QUOTES : IN_CURLY_QUOTES)?.[0] ?? '';
      if (this.isAtEnd()) {
        return mistake(
          'This quotation mark is never closed.',
          start,
          1,
          'a closing quotation mark (`\\"` is one that is part of the text)',
        );
      }
      if (this.peek() !== '\\') {
        this.at += 1;
        return read;
      }
      const character = this.#readEscape();
      if (typeof character !== 'string') return character;
      read += character;
    }
  }

  #readEscape(): string | Mistake {
    const start = this.at;
    const [, hex, short = ''] = this.take(ESCAPE) ?? [];
    const code = hex === undefined ? NaN : Number.parseInt(hex, 16);
    if (code <= 0x10_ffff && !(code >= 0xd800 && code <= 0xdfff)) return String.fromCodePoint(code);
    if (hex === undefined && short !== '') return ESCAPED[short] ?? short;
    return mistake(
      'This backslash begins no escape that there is.',
      start,
      hex === undefined ? Math.min(2, this.text.length - start) : this.at - start,
      '`\\\\` for a backslash, or one of `\\"` `\\n` `\\t` `\\r` `\\u{…}`',
    );
  }

  /**
   * A word without quotes, to white space, to a `)` whose `(` is not part of it, or if it `stopsAtStar` to a
   * `*`. Of `open` parentheses before it it knows already; says how many there are after it.
   */
  readBare(stopsAtStar: boolean, open = 0): number {
    let depth = open;
    for (;;) {
      this.take(stopsAtStar ? WORD_RUN_TO_STAR : WORD_RUN);
      if (this.peek() === '(') depth += 1;
      else if (this.peek() === ')' && depth > 0) depth -= 1;
      else return depth;
      this.at += 1;
    }
  }
}
