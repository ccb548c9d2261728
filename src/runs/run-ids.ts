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

/** What the decoder adds to an id that is unique within its service only. */
const SCOPE_SUFFIX = /~[\w-]{8}$/;

/**
 * The number of a message of the run, from its event identity: as it was published, or as its row has it,
 * with the suffix of its service. Undefined if it is no message of that run.
 */
export function seqOf(run: string, eventId: string): number | undefined {
  if (!eventId.startsWith(`${run}-`)) return undefined;
  const digits = eventId.slice(run.length + 1).replace(SCOPE_SUFFIX, '');
  const seq = Number(digits);
  return /^[1-9]\d*$/.test(digits) && Number.isSafeInteger(seq) ? seq : undefined;
}
