import { parsePosition, printPosition } from '../../../../src/live/position.ts';

/** What a tab wants to see of what comes. */
export interface LiveQuestion {
  readonly q: string;
  readonly tz: string;
  /** Nothing with an earlier time: as a person wrote it, or RFC 3339. */
  readonly since: string | undefined;
  /** What relative times are measured from: milliseconds since 1970. */
  readonly atMs: number;
}

/** The run of no server: a server goes back from there as from the place of another one. */
const NO_EPOCH = 'page';

/** What one asks a server for; equal for those whom one stream serves without a filter of their own. */
export function streamKey({ q, tz }: LiveQuestion): string {
  return JSON.stringify([q.trim(), tz]);
}

/** A place in a server's order: behind all that was published before a moment, in milliseconds since 1970. */
export function placeAt(ms: number): string {
  return printPosition({ entryId: undefined, epoch: NO_EPOCH, sequence: 0, serverMs: ms });
}

/** Whether a place is that of an answer of stored entries, and of no stream. */
export function isOfAnswer(place: string): boolean {
  return parsePosition(place)?.epoch === NO_EPOCH;
}

/** The place of some, at least one, behind which all others are. */
export function earliestOf(places: readonly string[]): string {
  const msOf = (place: string) => parsePosition(place)?.serverMs ?? 0;
  return places.reduce((one, other) => (msOf(other) < msOf(one) ? other : one));
}
