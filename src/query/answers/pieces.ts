import type { MinuteRange } from './ports.ts';

/** Sums of counts by their width in minutes, the widest first. */
export const WIDTHS = [1440, 60, 1] as const;
export type PieceWidth = (typeof WIDTHS)[number];

/** What is added to a range, or taken off it: whole days, hours or minutes of UTC. */
export interface RangePiece extends MinuteRange {
  readonly width: PieceWidth;
  /** How many of that width. */
  readonly units: number;
  readonly sign: 1 | -1;
}

const MINUTE_MS = 60_000;

/**
 * A range by the fewest sums: whole days inside, hours and minutes at both ends. Where a range begins early in a
 * day, the day is taken whole and what comes before is taken off. So a day of a zone that is two hours from UTC
 * is one day and four hours, not 24; of a zone off the hour, some minutes more.
 */
export function piecesOf({ from, to }: MinuteRange): RangePiece[] {
  return cover(minuteNumber(from), minuteNumber(to), 1, WIDTHS);
}

/** `from` is before `to`: minutes since 1970. */
function cover(
  from: number,
  to: number,
  sign: 1 | -1,
  [width, ...finer]: readonly PieceWidth[],
): RangePiece[] {
  if (width === undefined || from === to) return [];
  const [start, end] = [nearest(from, width), nearest(to, width)];
  if (start >= end) return cover(from, to, sign, finer);
  return [
    ...between(from, start, sign, finer),
    { width, units: (end - start) / width, sign, from: minuteText(start), to: minuteText(end) },
    ...between(end, to, sign, finer),
  ];
}

/** What is missing from one minute to another, or too much if the other comes first. */
function between(from: number, to: number, sign: 1 | -1, finer: readonly PieceWidth[]): RangePiece[] {
  return from <= to ? cover(from, to, sign, finer) : cover(to, from, sign === 1 ? -1 : 1, finer);
}

function nearest(minute: number, width: PieceWidth): number {
  return Math.round(minute / width) * width;
}

function minuteNumber(minute: string): number {
  // The time behind all others is no time to JavaScript, but the minute it is rounded to is.
  const [day = '', time = ''] = minute.split(' ');
  const isEnd = time.startsWith('24');
  const ms = Date.parse(`${day}T${isEnd ? '00:00:00' : time}Z`);
  return ms / MINUTE_MS + (isEnd ? 1440 : 0);
}

function minuteText(minute: number): string {
  const iso = new Date(minute * MINUTE_MS).toISOString();
  // The year 10,000 has a sign.
  return iso.startsWith('+') ? '9999-12-31 24:00:00' : iso.slice(0, 19).replace('T', ' ');
}
