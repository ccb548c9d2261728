/** Where in a server's order a tail is. */
export interface Position {
  /** Of the last entry before it; undefined before the first. */
  readonly entryId: string | undefined;
  /** Which run of which server says so: places of others mean nothing to it. */
  readonly epoch: string;
  /** The place in that server's order, from 1; 0: before the first. */
  readonly sequence: number;
  /**
   * When that server got the entry, or said this: milliseconds since 1970 by its clock. In a history: when that was
   * asked for first.
   */
  readonly serverMs: number;
}

const BASE = 36;
const EPOCH = /^[\w-]{1,64}$/;
const NUMBER = /^(0|[1-9a-z][\da-z]{0,10})$/;
const ENTRY_ID = /^[\w~.-]{1,256}$/;

/** A position as one text: an event's id. */
export function printPosition({ entryId, epoch, sequence, serverMs }: Position): string {
  return `${entryId ?? ''}.${epoch}.${sequence.toString(BASE)}.${Math.max(0, Math.round(serverMs)).toString(BASE)}`;
}

/** Reads a position; undefined if it is none. Ids of entries have dots too: it is read from its end. */
export function parsePosition(text: string): Position | undefined {
  const parts = text.split('.');
  const written = parts.slice(0, -3).join('.');
  const [epoch = '', sequence = '', serverMs = ''] = parts.slice(-3);
  const isPosition = parts.length >= 4 && EPOCH.test(epoch) && NUMBER.test(sequence) && NUMBER.test(serverMs);
  if (!isPosition || (written !== '' && !ENTRY_ID.test(written))) return undefined;
  const [place, ms] = [Number.parseInt(sequence, BASE), Number.parseInt(serverMs, BASE)];
  if (!Number.isSafeInteger(place) || !Number.isSafeInteger(ms)) return undefined;
  return { entryId: written === '' ? undefined : written, epoch, sequence: place, serverMs: ms };
}
