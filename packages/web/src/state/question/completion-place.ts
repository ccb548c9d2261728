/** What is being written at a place of an expression: what could be completed there. */
export type Place = {
  /** What is replaced: from here to there. */
  readonly from: number;
  readonly to: number;
  /** What stands before the cursor of it. */
  readonly prefix: string;
} & ({ readonly kind: 'name' } | { readonly kind: 'value'; readonly field: string });

const SPACE = /\s*/y;
/** What may stand before a condition. */
const BEFORE = /(?:-(?![-\s)>]|$)|(?:AND|OR|NOT)(?=[\s(]))/y;
/** As the parser has it, and what it takes for text: `http://`, `C:\`, `std::vector`. */
const NAME_AND_OPERATOR =
  /([\p{L}_@$](?:[\p{L}\p{M}\p{N}_@$./-]*[\p{L}\p{M}\p{N}_@$])?)(?::(?:\/\/|[\\:])()|!=|:?[<>]=?|:?=|:)/uy;
const OPERATOR = /!=|:?[<>]=?|:?=|:/y;
const COMPARISON = /[<>]=?/y;
const WORD = /[^\s()]*/y;
const QUOTED = /["“”„](?:[^"“”„\\]|\\.)*(["“”„]?)/suy;

/** What is being written where the cursor is; undefined: text, of which nothing is known. */
export function placeAt(text: string, cursor: number): Place | undefined {
  return new PlaceReader(text, cursor).read();
}

/** Goes through an expression up to the cursor, whatever mistakes it has behind it. */
class PlaceReader {
  #at = 0;
  readonly #text: string;
  readonly #cursor: number;
  /** The fields whose values stand in the parentheses that are open; undefined: they group conditions. */
  readonly #groups: (string | undefined)[] = [];

  constructor(text: string, cursor: number) {
    this.#text = text;
    this.#cursor = cursor;
  }

  read(): Place | undefined {
    for (;;) {
      this.#skipBefore();
      const field = this.#groups.at(-1);
      if (field !== undefined) this.#take(COMPARISON);
      if (this.#at >= this.#cursor) return this.#place(field, this.#cursor, this.#endOfWord());
      const found = field === undefined ? this.#readCondition() : this.#readValue(field);
      if (found !== 'goes on') return found;
    }
  }

  /** Spaces, negations, keywords and parentheses. */
  #skipBefore(): void {
    for (let before = -1; before !== this.#at && this.#at < this.#cursor;) {
      before = this.#at;
      this.#take(SPACE);
      this.#take(BEFORE);
      const next = this.#text.charAt(this.#at);
      if (this.#at >= this.#cursor) break;
      if (next === '(') this.#groups.push(this.#groups.at(-1));
      if (next === ')') this.#groups.pop();
      if (next === '(' || next === ')') this.#at += 1;
    }
    this.#at = Math.min(this.#at, Math.max(this.#cursor, 0));
  }

  #readCondition(): Place | undefined | 'goes on' {
    const start = this.#at;
    const quoted = this.#take(QUOTED);
    if (quoted !== undefined) {
      // Text in quotes, unless what follows makes it a name.
      if (this.#at > this.#cursor || quoted[1] === '') return undefined;
      const operator = this.#take(OPERATOR);
      if (this.#at > this.#cursor) return undefined;
      if (operator === undefined) return this.#at === this.#cursor ? undefined : 'goes on';
      return this.#readOperand(quoted[0].slice(1, -1).replace(/\\(.)/g, '$1'));
    }
    const named = this.#take(NAME_AND_OPERATOR);
    if (named?.[1] !== undefined && named[2] === undefined && this.#at <= this.#cursor)
      return this.#readOperand(named[1]);
    this.#at = start;
    const end = this.#endOfWord();
    if (end >= this.#cursor) return this.#place(undefined, start, end);
    // What is no word ends here, too.
    this.#at = Math.max(end, start + 1);
    return 'goes on';
  }

  #readOperand(field: string): Place | undefined | 'goes on' {
    if (this.#text.charAt(this.#at) !== '(' || this.#at >= this.#cursor) return this.#readValue(field);
    this.#at += 1;
    this.#groups.push(field);
    return 'goes on';
  }

  #readValue(field: string): Place | undefined | 'goes on' {
    const start = this.#at;
    const quoted = this.#take(QUOTED);
    const end = quoted === undefined ? this.#endOfWord() : this.#at;
    if (end >= this.#cursor) return this.#place(field, start, end);
    this.#at = Math.max(end, start + 1);
    return 'goes on';
  }

  #place(field: string | undefined, from: number, to: number): Place {
    const prefix = this.#text.slice(from, this.#cursor).replace(/^["“”„]/, '');
    const where = { from, to: Math.max(to, this.#cursor), prefix };
    return field === undefined ? { kind: 'name', ...where } : { kind: 'value', field, ...where };
  }

  #endOfWord(): number {
    WORD.lastIndex = this.#at;
    return this.#at + (WORD.exec(this.#text)?.[0].length ?? 0);
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at += found[0].length;
    return found;
  }
}
