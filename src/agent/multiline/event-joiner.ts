import type { LineContext } from '../formats/format.ts';
import { beginsBy } from './pattern.ts';
import { roleOf, type TraceKind } from './traces.ts';

/** What is joined: a line, with whatever its owner knows of it. */
export interface JoinableLine {
  readonly text: string;
}

/** How lines are joined to events. */
export interface JoinOptions {
  /** `auto`: traces and indented lines hang together. Else a line that matches begins an event. */
  readonly starts: 'auto' | RegExp;
  /** An event that grows beyond one of these is handed over, and its rest is another. */
  readonly maxLines: number;
  readonly maxUnits: number;
}

/** The lines of an event: at least one, which is not blank. */
export interface JoinedLines<L extends JoinableLine> {
  readonly lines: readonly L[];
  /** Whether it goes on with the event before it, which had grown too long. */
  readonly isContinued: boolean;
}

/**
 * Joins lines to events. Blank lines belong to an event if lines of it follow; else they are left out. Holds one
 * unfinished event: whoever owns it calls `flush` when no more lines came for a while, or are to come.
 */
export class EventJoiner<L extends JoinableLine> {
  readonly #options: JoinOptions;
  #lines: L[] = [];
  /** How many of the lines are blank ones at the end. */
  #blanks = 0;
  #units = 0;
  #kind: TraceKind = 'plain';
  #isContinued = false;

  constructor(options: JoinOptions) {
    this.#options = options;
  }

  /** The first line of the unfinished event; undefined if there is none. */
  get firstPending(): L | undefined {
    return this.#lines[0];
  }

  /** The lines of the unfinished event. */
  get pending(): readonly L[] {
    return this.#lines;
  }

  /** The events that are complete now that this line has come: none or one. */
  push(line: L, context: LineContext): JoinedLines<L>[] {
    const done: JoinedLines<L>[] = [];
    const { text } = line;
    const role = this.#roleOf(text, context);
    if (role === 'blank' && this.#lines.length === 0) return done;
    if (role === 'start') done.push(...this.flush());
    else if (this.#isFull(text)) done.push(...this.#cut());
    if (role === 'blank' && this.#lines.length === 0) return done;
    this.#lines.push(line);
    this.#units += text.length + 1;
    this.#blanks = role === 'blank' ? this.#blanks + 1 : 0;
    return done;
  }

  /** The unfinished event, if there is one. */
  flush(): JoinedLines<L>[] {
    const lines = this.#blanks === 0 ? this.#lines : this.#lines.slice(0, -this.#blanks);
    const isContinued = this.#isContinued;
    this.#lines = [];
    this.#blanks = 0;
    this.#units = 0;
    this.#isContinued = false;
    return lines.length === 0 ? [] : [{ lines, isContinued }];
  }

  #roleOf(text: string, context: LineContext): 'start' | 'more' | 'blank' {
    const { starts } = this.#options;
    const isFirst = this.#lines.length === 0;
    if (starts !== 'auto') {
      if (text.trim() === '') return 'blank';
      return isFirst || beginsBy(starts, text) ? 'start' : 'more';
    }
    const role = roleOf(text, isFirst ? undefined : this.#kind, context);
    if (role.role !== 'blank') this.#kind = role.kind;
    return role.role;
  }

  #isFull(text: string): boolean {
    const { maxLines, maxUnits } = this.#options;
    return this.#lines.length >= maxLines || this.#units + text.length > maxUnits;
  }

  #cut(): JoinedLines<L>[] {
    const done = this.flush();
    this.#isContinued = true;
    return done;
  }
}
