import { decode } from '../../logs/decode.ts';
import { isJsonObject } from '../../logs/json.ts';
import { isRejection } from '../../logs/rejection.ts';
import { serviceOfRecord } from '../../logs/service-name.ts';
import type { HeldDeadLetter } from '../../pubsub/dead-letter-inbox.ts';
import { count, duration } from './numbers.ts';
import { type Cell, formatTable, type TableRoom } from './table.ts';

/** A dead letter as `lms dlq list` shows it: never its payload. */
export interface ListedLetter {
  readonly messageId: string;
  /** When the message was published, in RFC 3339. */
  readonly publishTime: string;
  /** When it became a dead letter, in RFC 3339: from then on the subscription keeps it for so long. */
  readonly deadLetteredAt: string;
  readonly code: string;
  readonly reason: string;
  /** Null where the data does not tell. */
  readonly service: string | null;
  /** Size of the message's own data, or of the part. */
  readonly bytes: number;
  /** As in `1/2`, of a message that was too large for one letter; null if the letter has all of it. */
  readonly part: string | null;
}

/** `defaultService` is that of messages that name none, as the worker has it. */
export function describeLetter(letter: HeldDeadLetter, defaultService: string | undefined): ListedLetter {
  const { messageId, publishTime, arrivedAtMs, code, reason, bytes, part = null } = letter;
  const deadLetteredAt = new Date(arrivedAtMs).toISOString();
  return {
    messageId,
    publishTime,
    deadLetteredAt,
    code,
    reason,
    service: serviceOf(letter, defaultService),
    bytes,
    part,
  };
}

/** Aligned columns for a person, or one line that says there is nothing to show. */
export function letterTable(letters: readonly ListedLetter[], room: TableRoom): string {
  if (letters.length === 0) return 'There are no dead letters.\n';
  const rows = letters.map(({ messageId, publishTime, code, service, bytes, part, reason }) => {
    return [messageId, publishTime, code || '-', service ?? '-', sizeOf(bytes, part), reason];
  });
  return formatTable(['message', 'published', 'code', 'service', 'bytes', 'reason'], rows, room);
}

/**
 * How old the oldest of some letters is, and when the subscription will throw it away. Empty without letters.
 */
export function ageText(
  letters: readonly ListedLetter[],
  { nowMs, retentionMs }: { readonly nowMs: number; readonly retentionMs: number | undefined },
): string {
  if (letters.length === 0) return '';
  const oldestMs = letters.reduce(
    (ms, { deadLetteredAt }) => Math.min(ms, Date.parse(deadLetteredAt)),
    nowMs,
  );
  const oldest = `The oldest is here for ${duration(nowMs - oldestMs)}`;
  if (retentionMs === undefined) return `\n${oldest}.\n`;
  return `\n${oldest}; the subscription keeps a letter for ${duration(retentionMs)}, then it is gone.\n`;
}

function sizeOf(bytes: number, part: string | null): Cell {
  return part === null ? bytes : `${count(bytes)} (part ${part})`;
}

/** From the entry, if only the database refused it; else what a record would name, with the same default. */
function serviceOf(
  { messageId, original }: HeldDeadLetter,
  defaultService: string | undefined,
): string | null {
  if (original === undefined) return null;
  const message = { ...original, messageId, publishTime: { seconds: 0, nanos: 0 } };
  const options = { defaultService };
  const decoded = decode(message, options);
  for (const entry of 'length' in decoded ? decoded : [decoded]) {
    if (!isRejection(entry)) return entry.serviceName;
  }
  try {
    const record: unknown = JSON.parse(Buffer.from(original.data).toString());
    if (!isJsonObject(record)) return null;
    const origin = { message, text: '', options, part: '', around: undefined, budget: undefined };
    const service = serviceOfRecord(record, origin);
    return isRejection(service) ? null : service.name;
  } catch {
    return null;
  }
}
