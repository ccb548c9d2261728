import { escaped } from '../../../../../src/text/visible.ts';
import type { Range } from '../../state/question/searched-texts.ts';
import { type AnsiLook, ansiRuns, hasAnsi } from './ansi.ts';

/** A piece of a text as it is shown. */
export interface Piece {
  readonly text: string;
  readonly look?: AnsiLook | undefined;
  /** It was searched for. */
  readonly isMark?: boolean;
  /** It stands for characters that cannot be seen. */
  readonly isControl?: boolean;
}

/** How a text is made into pieces. */
export interface PiecesOptions {
  /** Line breaks are shown as a sign. */
  readonly isOneLine?: boolean;
  readonly marks?: ((text: string) => readonly Range[]) | undefined;
}

/**
 * What cannot be seen, and could hide or reorder the rest: as in src/text/visible.ts, but for tabs and line
 * breaks, which a page shows.
 */
const UNSEEN = /\r?\n|[[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]--[\t\n]]/gv;
const HAS_UNSEEN = new RegExp(UNSEEN.source, 'v');
const JOINER = '\u200d';
const EMOJI_STYLE = '\ufe0f';
const PICTURE_BEFORE = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/v;
const PICTURE_AFTER = /^\p{Extended_Pictographic}/v;
const EMOJI_BEFORE = /\p{Emoji}$/v;

/** A text as pieces; what logs wrote can neither hide in them nor do anything. */
export function piecesOf(text: string, { isOneLine = false, marks }: PiecesOptions = {}): readonly Piece[] {
  const runs = hasAnsi(text) ? ansiRuns(text) : [{ text, look: undefined }];
  const shown = runs.length === 1 ? (runs[0]?.text ?? '') : runs.map((run) => run.text).join('');
  const ranges = marks?.(shown) ?? [];
  if (ranges.length === 0 && runs.length === 1 && runs[0]?.look === undefined && !HAS_UNSEEN.test(shown))
    return shown === '' ? [] : [{ text: shown }];
  const pieces: Piece[] = [];
  let start = 0;
  for (const run of runs) {
    for (const [part, isMark] of cutAt(run.text, start, ranges)) {
      const look = { ...(run.look !== undefined && { look: run.look }), ...(isMark && { isMark }) };
      for (const piece of withVisibleControls(part, isOneLine)) pieces.push({ ...piece, ...look });
    }
    start += run.text.length;
  }
  return pieces;
}

/** A text, which begins at `start` of a longer one, cut where ranges of that begin and end. */
function* cutAt(text: string, start: number, ranges: readonly Range[]): Generator<[string, boolean]> {
  let at = 0;
  for (const range of ranges) {
    const [from, to] = range.map((place) => Math.min(Math.max(place - start, at), text.length));
    if (from === undefined || to === undefined || from === to) continue;
    if (from > at) yield [text.slice(at, from), false];
    yield [text.slice(from, to), true];
    at = to;
  }
  if (at < text.length) yield [text.slice(at), false];
}

function* withVisibleControls(text: string, isOneLine: boolean): Generator<Piece> {
  if (!HAS_UNSEEN.test(text)) {
    yield { text };
    return;
  }
  let from = 0;
  for (const { 0: found, index } of text.matchAll(UNSEEN)) {
    const end = index + found.length;
    if (isShown(found, text, index, isOneLine)) continue;
    if (index > from) yield { text: text.slice(from, index) };
    yield { text: found.endsWith('\n') ? '↵ ' : escaped(found), isControl: true };
    from = end;
  }
  if (from < text.length) yield { text: text.slice(from) };
}

/** Line breaks where there may be several lines, and what joins pictures to one. */
function isShown(found: string, text: string, index: number, isOneLine: boolean): boolean {
  if (found.endsWith('\n')) return !isOneLine;
  if (found !== JOINER && found !== EMOJI_STYLE) return false;
  const before = text.slice(Math.max(0, index - 2), index);
  if (found === EMOJI_STYLE) return EMOJI_BEFORE.test(before);
  return PICTURE_BEFORE.test(before) && PICTURE_AFTER.test(text.slice(index + 1, index + 3));
}
