import { endOfString, endOfValue } from '../logs/json-values.ts';
import type { Replacement } from './replacement.ts';

/** What becomes of the parts of a JSON text. */
export interface JsonRewriting {
  /** A member's name, as it is to be: the same if it stays. */
  readonly name: (name: string) => string;
  /** What is to stand in place of a member's value, whatever it is; undefined if that is looked at itself. */
  readonly member: (around: string, name: string) => Replacement | undefined;
  /** What is to be known of the names around what is inside of a member. */
  readonly inside: (around: string, name: string) => string;
  /** A text, as it is to be: the same if it stays. */
  readonly text: (text: string) => string;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;

/** An object or a list that is open. */
interface Around {
  readonly close: '}' | ']';
  /** What is known of the names around. */
  readonly names: string;
  /** Names that an object has so far. */
  readonly taken: Set<string>;
}

/**
 * A JSON text, an object or a list, with some of its names, texts and values replaced; undefined if it is no
 * JSON. What is not replaced stays as it is, to the last digit and space. A number is looked at as the text that
 * it is written as, and becomes one if that is to be another. Nothing recurses, however deep it is.
 */
export function rewriteJson(json: string, rewriting: JsonRewriting): string | undefined {
  const rewriter = new JsonRewriter(json, rewriting);
  return rewriter.run() ? rewriter.written() : undefined;
}

class JsonRewriter {
  readonly #json: string;
  readonly #rewriting: JsonRewriting;
  readonly #open: Around[] = [];
  readonly #pieces: string[] = [];
  /** Up to here pieces have been written. */
  #copied = 0;
  #at = 0;

  constructor(json: string, rewriting: JsonRewriting) {
    this.#json = json;
    this.#rewriting = rewriting;
  }

  written(): string {
    return this.#pieces.length === 0 ? this.#json : this.#pieces.join('') + this.#json.slice(this.#copied);
  }

  /** Reads all of it. Returns whether it is JSON. */
  run(): boolean {
    this.#skipSpace();
    if (!this.#takeOpening('')) return false;
    while (this.#open.length > 0) if (!this.#takeItem()) return false;
    this.#skipSpace();
    return this.#at === this.#json.length;
  }

  /** An end, or a member or an element with what is behind it. */
  #takeItem(): boolean {
    const around = this.#open.at(-1);
    if (around === undefined) return false;
    this.#skipSpace();
    if (this.#takes(around.close)) {
      this.#open.pop();
      return this.#endItem();
    }
    return around.close === '}' ? this.#takeMember(around) : this.#takeValue(around.names);
  }

  #takeMember({ names, taken }: Around): boolean {
    const start = this.#at;
    const name = this.#takeString();
    if (name === undefined) return false;
    const changed = this.#rewriting.name(name);
    const renamed = changed === name ? name : unique(changed, taken);
    if (renamed !== name) this.#replace(start, this.#at, renamed);
    taken.add(renamed);
    this.#skipSpace();
    if (!this.#takes(':')) return false;
    this.#skipSpace();
    const replacement = this.#rewriting.member(names, name);
    if (replacement === undefined) return this.#takeValue(this.#rewriting.inside(names, name));
    const end = endOfValue(this.#json, this.#at);
    const written = this.#json.slice(this.#at, end).trimEnd();
    if (written === '') return false;
    if (written !== JSON.stringify(replacement.text)) {
      this.#replace(this.#at, this.#at + written.length, replacement.text);
      replacement.used();
    }
    this.#at += written.length;
    return this.#endItem();
  }

  #takeValue(names: string): boolean {
    const start = this.#at;
    if (this.#takeOpening(names)) return true;
    if (this.#json.charAt(start) === '"') {
      const text = this.#takeString();
      if (text === undefined) return false;
      const changed = this.#rewriting.text(text);
      if (changed !== text) this.#replace(start, this.#at, changed);
      return this.#endItem();
    }
    if (!this.#matches(NUMBER)) return this.#matches(LITERAL) && this.#endItem();
    const number = this.#json.slice(start, this.#at);
    const changed = this.#rewriting.text(number);
    if (changed !== number) this.#replace(start, this.#at, changed);
    return this.#endItem();
  }

  #takeOpening(names: string): boolean {
    const close = this.#takes('{') ? '}' : this.#takes('[') ? ']' : undefined;
    if (close !== undefined) this.#open.push({ close, names, taken: new Set() });
    return close !== undefined;
  }

  /** Behind a value comes a comma with another, or the end of what is around it. */
  #endItem(): boolean {
    const around = this.#open.at(-1);
    if (around === undefined) return true;
    this.#skipSpace();
    if (this.#json.charAt(this.#at) === around.close) return true;
    if (!this.#takes(',')) return false;
    this.#skipSpace();
    return this.#json.charAt(this.#at) !== around.close;
  }

  #takeString(): string | undefined {
    const start = this.#at;
    if (this.#json.charAt(start) !== '"') return undefined;
    this.#at = endOfString(this.#json, start);
    const written = this.#json.slice(start, this.#at);
    if (written.length < 2 || !written.endsWith('"')) return undefined;
    if (!written.includes('\\')) return written.slice(1, -1);
    try {
      return String(JSON.parse(written));
    } catch {
      return undefined;
    }
  }

  #skipSpace(): void {
    while (isSpace(this.#json.charCodeAt(this.#at))) this.#at += 1;
  }

  #takes(character: string): boolean {
    if (this.#json.charAt(this.#at) !== character) return false;
    this.#at += 1;
    return true;
  }

  #matches(expression: RegExp): boolean {
    expression.lastIndex = this.#at;
    const isMatched = expression.test(this.#json);
    if (isMatched) this.#at = expression.lastIndex;
    return isMatched;
  }

  #replace(start: number, end: number, text: string): void {
    this.#pieces.push(this.#json.slice(this.#copied, start), JSON.stringify(text));
    this.#copied = end;
  }
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

/** Two names of an object may have become one. */
function unique(name: string, taken: ReadonlySet<string>): string {
  let number = 1;
  let free = name;
  while (taken.has(free)) {
    number += 1;
    free = `${name} ${number}`;
  }
  return free;
}
