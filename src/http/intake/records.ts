import { randomBytes } from 'node:crypto';
import { decode, type Decoded, decodeObjectText } from '../../logs/decode.ts';
import { isJsonObject } from '../../logs/json.ts';
import { decodeLoosely, type FieldMapping } from '../../logs/loose.ts';
import type { Instant, Message } from '../../logs/message.ts';
import { isRejection } from '../../logs/rejection.ts';

/** A record of a request: what it stands for, or why it cannot be stored. */
export interface IncomingRecord {
  /** Which record of its request it is, from 0. */
  readonly place: number;
  /** What has no id of its own has one that begins with `NO_ID`. */
  readonly decoded: Decoded;
  /** As it came: what is kept of it if it is bad. */
  readonly raw: Raw;
  /** Whether there was something in it that is no UTF-8. */
  readonly isMended?: boolean;
}

/** A record in bytes, in text that begins as an object does, or what makes its bytes of what was read. */
export type Raw = Uint8Array | string | (() => Uint8Array);

/** Its bytes. */
export function bytesOf(raw: Raw): Uint8Array {
  if (typeof raw === 'function') return raw();
  return typeof raw === 'string' ? Buffer.from(raw) : raw;
}

/** How the records of a request are read. */
export interface Reading {
  /** The time of what has none. */
  readonly time: Instant;
  /** The service of what names none. */
  readonly service: string | undefined;
  readonly mapping?: FieldMapping | undefined;
}

/** What the id of a message begins with that has none: nobody else can make one. */
export const NO_ID = randomBytes(15).toString('base64url');

/** The message that a record would be. */
export function messageOf(data: Uint8Array, { time }: Pick<Reading, 'time'>): Message {
  return { messageId: NO_ID, publishTime: time, data, attributes: {} };
}

/** The same of a record whose text is known: bytes are made of it where somebody asks for them. */
class TextMessage implements Message {
  readonly messageId = NO_ID;
  readonly publishTime: Instant;
  readonly attributes = NO_ATTRIBUTES;
  readonly #text: string;

  constructor(text: string, { time }: Reading) {
    this.publishTime = time;
    this.#text = text;
  }

  get data(): Uint8Array {
    return Buffer.from(this.#text);
  }
}

const NO_ATTRIBUTES = {};

/** Reads a record in JSON, of any format that is known, or of none. */
export function readRecord(raw: Uint8Array | string, place: number, reading: Reading): IncomingRecord {
  if (typeof raw === 'string') return { place, decoded: readText(raw, reading), raw };
  const decoded = readBytes(raw, reading);
  if (!isRejection(decoded) || decoded.code !== 'not_utf8') return { place, decoded, raw };
  const mended = Buffer.from(Buffer.from(raw).toString('utf8'));
  return { place, decoded: readBytes(mended, reading), raw, isMended: true };
}

function readText(text: string, reading: Reading): Decoded {
  return readMessage(new TextMessage(text, reading), reading, (message, options) =>
    decodeObjectText(text, message, options),
  );
}

function readBytes(data: Uint8Array, reading: Reading): Decoded {
  return readMessage(messageOf(data, reading), reading, decode);
}

function readMessage(message: Message, reading: Reading, read: typeof decode): Decoded {
  const options = { defaultService: reading.service };
  const { mapping } = reading;
  if (mapping !== undefined) return decodeLoosely(message, mapping, options);
  const decoded = read(message, options);
  if (!isRejection(decoded) || !isOfOtherKind(decoded.code, message.data)) return decoded;
  const loose = decodeLoosely(message, {}, options);
  return isRejection(loose) && decoded.code !== 'unknown_shape' ? decoded : loose;
}

/** Whether a rejected record is of none of the formats that its rejection may speak of. */
function isOfOtherKind(code: string, data: Uint8Array): boolean {
  if (code === 'unknown_shape') return true;
  if (code !== 'missing_field') return false;
  try {
    const record: unknown = JSON.parse(Buffer.from(data).toString('utf8'));
    return isJsonObject(record) && record['payload'] === undefined && !Array.isArray(record['resourceLogs']);
  } catch {
    return false;
  }
}
