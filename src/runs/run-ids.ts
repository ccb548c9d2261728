import { randomInt } from 'node:crypto';
import type { ATTRIBUTES } from '../logs/message.ts';

/** What every message of ours carries, so that gaps and duplicates of a run can be found afterwards. */
export type NumberedAttributes = Readonly<Record<(typeof ATTRIBUTES)['run' | 'seq' | 'eventId'], string>>;

/**
 * A new name for a run of a publisher: 8 characters of time, so that runs sort, and 4 of chance, such as
 * `mi8p4k2x-07vq`.
 */
export function newRun(nowMs: number = Date.now()): string {
  const chance = randomInt(36 ** 4)
    .toString(36)
    .padStart(4, '0');
  return `${nowMs.toString(36)}-${chance}`;
}

/**
 * The attributes of message number `seq` (from 1) of a run. The event identity is short of its limit of 64
 * characters for any safe integer, since a run's name has 13.
 */
export function numbered(run: string, seq: number): NumberedAttributes {
  const digits = String(seq);
  return { run, seq: digits, event_id: `${run}-${digits}` };
}

/**
 * What the decoder adds: of several entries of a message, the place of each; and a hash of the service, within
 * which the id is unique.
 */
const NUMBER = /^([1-9]\d*)((?:-\d{4,5})*)(?:~[\w-]{8})?$/;

/** A row or a letter of a run's message. */
export interface RunEvent {
  readonly seq: number;
  /** Whether it is the first of its message's entries, or the only one. */
  readonly isFirst: boolean;
}

/**
 * The message of the run that an event identity speaks of: as it was published, or as a row has it. Undefined
 * if it is none of that run.
 */
export function eventOf(run: string, eventId: string): RunEvent | undefined {
  if (!eventId.startsWith(`${run}-`)) return undefined;
  const [, digits = '', part = ''] = NUMBER.exec(eventId.slice(run.length + 1)) ?? [];
  const seq = Number(digits);
  return digits !== '' && Number.isSafeInteger(seq) ? { seq, isFirst: !/[1-9]/.test(part) } : undefined;
}
