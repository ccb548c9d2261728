/** Reads the text of a pattern from its beginning to its end. */
export class PatternScanner {
  /** Where the next character is: a UTF-16 offset. */
  at = 0;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The next unit, or '' behind the end. */
  peek(distance = 0): string {
    return this.text.charAt(this.at + distance);
  }

  /** Whether this comes next: then it is behind. */
  takes(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** What a sticky expression matches here, and moves behind it. */
  take(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.at;
    const match = expression.exec(this.text);
    if (match !== null) this.at += match[0].length;
    return match;
  }

  /** The next character, of one unit or two; '' behind the end. */
  takeCharacter(): string {
    const code = this.text.codePointAt(this.at);
    const character = code === undefined ? '' : String.fromCodePoint(code);
    this.at += character.length;
    return character;
  }
}
