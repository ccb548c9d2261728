import type { Span } from './patterns/matcher.ts';

/** What stands in place of something. */
export interface Replacement {
  readonly text: string;
  /** Told each time that it replaced something else. */
  readonly used: () => void;
}

/** A text with stretches of it, which are in order and do not overlap, replaced. No character is cut in two. */
export function replaceSpans(
  text: string,
  spans: readonly Span[],
  { text: written, used }: Replacement,
): string {
  const pieces: string[] = [];
  let copied = 0;
  for (const span of spans) {
    const start = Math.max(copied, isInsidePair(text, span.start) ? span.start - 1 : span.start);
    const end = isInsidePair(text, span.end) ? span.end + 1 : span.end;
    if (end <= copied || text.slice(start, end) === written) continue;
    pieces.push(text.slice(copied, start), written);
    copied = end;
    used();
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(copied);
}

/** Whether a place lies between the two units of one character. */
function isInsidePair(text: string, at: number): boolean {
  return (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}
