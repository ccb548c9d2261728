import { decode } from '../logs/decode.ts';
import { isJsonObject } from '../logs/json.ts';
import { ATTRIBUTES, type OutgoingMessage } from '../logs/message.ts';
import { isRejection } from '../logs/rejection.ts';
import { serviceOfRecord } from '../logs/service-name.ts';

/** A dead letter, as far as it is described. */
export interface ReadLetter {
  readonly messageId: string;
  readonly publishTime: string;
  /** When it came to the subscription, in ms since 1970. */
  readonly arrivedAtMs: number;
  readonly code: string;
  readonly reason: string;
  readonly part: string | undefined;
  readonly bytes: number;
  readonly original: OutgoingMessage | undefined;
}

/** A dead letter as it is listed: never its payload. */
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

/** How letters are shown. */
export interface LetterView {
  /** The service of messages that name none, as the worker has it. */
  readonly defaultService: string | undefined;
  /** What may be shown of a text; all of it if absent. */
  readonly shown?: ((text: string) => string) | undefined;
}

export function describeLetter(
  letter: ReadLetter,
  { defaultService, shown = whole }: LetterView,
): ListedLetter {
  const { messageId, publishTime, arrivedAtMs, code, reason, bytes, part = null } = letter;
  const deadLetteredAt = new Date(arrivedAtMs).toISOString();
  return {
    messageId,
    publishTime,
    deadLetteredAt,
    code,
    reason: shown(reason),
    service: storedServiceOf(letter, defaultService),
    bytes,
    part,
  };
}

function whole(text: string): string {
  return text;
}

/** UTF-16 units of a beginning. */
const BEGINNING = 500;
/** Bytes that are looked at for what may be shown: it may depend on what follows. */
const LOOKED_AT = 65_536;

/** How what was refused begins, for whoever has to mend it; null if it cannot be unpacked. */
export function beginningOf({ original }: ReadLetter, { shown }: LetterView): string | null {
  if (original === undefined) return null;
  // A character is four bytes at most, and half of one at the end is left out.
  const bytes = shown === undefined ? BEGINNING * 4 : LOOKED_AT;
  const text = Buffer.from(original.data.subarray(0, bytes)).toString('utf8');
  return (shown ?? whole)(text).slice(0, BEGINNING).toWellFormed();
}

/** With what names of its sender's services begin with; that alone where the data does not tell. */
function storedServiceOf(letter: ReadLetter, defaultService: string | undefined): string | null {
  const prefix = letter.original?.attributes[ATTRIBUTES.namespace] ?? '';
  const service = serviceOf(letter, defaultService);
  return prefix === '' ? service : prefix + (service ?? '');
}

/** From the entry, if only the database refused it; else what a record would name, with the same default. */
function serviceOf({ messageId, original }: ReadLetter, defaultService: string | undefined): string | null {
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
