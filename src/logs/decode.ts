import type { LogEntry } from './entry.ts';
import { FORMATS, WRAPPINGS } from './formats/all.ts';
import { entryOfText, isCloudEvent } from './formats/cloud-event.ts';
import type { Contents, Format } from './formats/format.ts';
import { lms } from './formats/lms.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';
import type { ValueText } from './json-values.ts';
import { elementsOf, severalValues } from './json-values.ts';
import { looksOfBytes, looksOfObject, looksOfText } from './looks-like.ts';
import type { Message } from './message.ts';
import type { DecodeOptions, Origin } from './origin.ts';
import { MAX_ENTRIES, MAX_UNPACKED_BYTES } from './origin.ts';
import type { Rejection } from './rejection.ts';
import { isRejection, reject, typeName } from './rejection.ts';
import { isCompressed, unpack } from './unpack.ts';

export type { DecodeOptions } from './origin.ts';

/**
 * What a message stands for: an entry, why it cannot be one, or one of both for each record of a message that
 * holds several.
 */
export type Decoded = LogEntry | Rejection | readonly (LogEntry | Rejection)[];

/** Strict: malformed UTF-8 throws instead of becoming U+FFFD. A byte order mark is dropped. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });
const NO_OPTIONS: DecodeOptions = {};
/** Messages within messages: a push envelope around a CloudEvent, and one more. */
const MAX_WRAPPINGS = 3;

/**
 * Reads a message: the entry it stands for, or why it cannot be one; tell them apart with `isRejection`. An
 * array if the message holds several records (at least two): entry i, from 0, has an identity that ends in
 * its place.
 *
 * The shape of a record decides which format it is: see `formats/all.ts`. Data that is gzip or zlib is
 * unpacked. Never throws, whatever the bytes. The same message gives the same result on every redelivery.
 */
export function decode(message: Message, options: DecodeOptions = NO_OPTIONS): Decoded {
  return decodeMessage(message, options, OUTERMOST);
}

/** What a message within others has from around it. */
interface Outside {
  readonly part: string;
  readonly around: JsonObject | undefined;
  /** How many messages are around it. */
  readonly depth: number;
}

const OUTERMOST: Outside = { part: '', around: undefined, depth: 0 };

function decodeMessage(message: Message, options: DecodeOptions, outside: Outside): Decoded {
  let { data } = message;
  if (isCompressed(data)) {
    const unpacked = unpack(data, options.maxUnpackedBytes ?? MAX_UNPACKED_BYTES);
    if (isRejection(unpacked)) return unpacked;
    data = unpacked;
  }
  let text: string;
  try {
    text = UTF8.decode(data);
  } catch {
    return reject(
      'not_utf8',
      `The message is not valid UTF-8, it looks like ${looksOfBytes(data)}: it should be JSON in UTF-8.`,
    );
  }
  const { part, around, depth } = outside;
  return decodeText({ message, text, options, part, around }, depth);
}

function decodeText(origin: Origin, depth: number): Decoded {
  let value: unknown;
  try {
    value = JSON.parse(origin.text);
  } catch {
    return decodeNoJson(origin, depth);
  }
  if (isJsonObject(value)) return decodeObject(value, origin, depth);
  if (isCloudEvent(origin.message) && !(Array.isArray(value) && value.every(isJsonObject)))
    return entryOfText(origin.text, origin);
  if (!Array.isArray(value)) return rejectValue(value);
  if (value.length === 0)
    return reject('not_an_object', 'The message is an empty array in JSON: it should be an object.');
  return decodeSeveral(elementsOf(origin.text, maxEntries(origin)), origin, depth);
}

function decodeNoJson(origin: Origin, depth: number): Decoded {
  const { text, message } = origin;
  const values = severalValues(text, maxEntries(origin));
  if (values !== undefined) return decodeSeveral(values, origin, depth);
  if (isCloudEvent(message)) return entryOfText(text, origin);
  if (text.trim() === '') {
    return reject('empty_data', 'The message is empty: it should have a log record as its data.');
  }
  // The parser's own message quotes the text.
  return reject(
    'not_json',
    `The message is not JSON, it looks like ${looksOfText(text)}: ${message.data.length} bytes that cannot be parsed.`,
  );
}

function decodeObject(record: JsonObject, origin: Origin, depth: number): Decoded {
  if (lms.matches(record, origin)) return lms.decode(record, origin);
  for (const wrapping of WRAPPINGS) {
    if (wrapping.matches(record)) return decodeContents(wrapping.open(record, origin), origin, depth);
  }
  for (const format of FORMATS) if (format.matches(record, origin)) return format.decode(record, origin);
  // A record of our own format without its payload: the rejection names what is missing.
  if (record['service_name'] !== undefined) return lms.decode(record, origin);
  return reject(
    'unknown_shape',
    `The message is of none of the known formats, it looks like ${looksOfObject(record)}.`,
  );
}

function decodeContents(contents: Contents | Rejection, origin: Origin, depth: number): Decoded {
  if (isRejection(contents)) return contents;
  if ('records' in contents) return decodeRecords(contents.records, contents.format, origin);
  if (depth === MAX_WRAPPINGS)
    return reject(
      'too_deep',
      `The message holds messages within messages: it should have at most ${MAX_WRAPPINGS} around it.`,
    );
  const around = contents.around ?? origin.around;
  const { options, part } = origin;
  return decodeMessage(contents.message, options, { part, around, depth: depth + 1 });
}

function decodeRecords(records: readonly JsonObject[], format: Format, origin: Origin): Decoded {
  if (records.length > maxEntries(origin)) return rejectCount(origin);
  const several = new Several(origin);
  const isOne = records.length === 1;
  for (const [index, record] of records.entries()) {
    const part = isOne ? origin.part : partOf(origin, index);
    if (!several.add(format.decode(record, { ...origin, text: '', part }))) break;
  }
  return several.result();
}

function decodeSeveral(values: readonly ValueText[], origin: Origin, depth: number): Decoded {
  if (values.length > maxEntries(origin)) return rejectCount(origin);
  const several = new Several(origin);
  const isOne = values.length === 1;
  for (const [index, text] of values.entries()) {
    const part = isOne ? origin.part : partOf(origin, index);
    if (!several.add(decodeValue(text, { ...origin, text: text ?? '', part }, depth))) break;
  }
  return several.result();
}

function decodeValue(text: ValueText, origin: Origin, depth: number): Decoded {
  if (text === null) return reject('not_json', 'A line of the message is not JSON.');
  const value: unknown = JSON.parse(text);
  return isJsonObject(value) ? decodeObject(value, origin, depth) : rejectValue(value);
}

/** The entries of a message, as long as they are not too many and not too large together. */
class Several {
  readonly #origin: Origin;
  readonly #entries: (LogEntry | Rejection)[] = [];
  #units = 0;

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  /** Whether there is room for more. */
  add(decoded: Decoded): boolean {
    for (const entry of 'length' in decoded ? decoded : [decoded]) {
      this.#entries.push(entry);
      if (!isRejection(entry)) this.#units += entry.payload.length + (entry.tags?.length ?? 0);
    }
    return !this.#hasTooMany && !this.#isTooLarge;
  }

  result(): Decoded {
    if (this.#hasTooMany) return rejectCount(this.#origin);
    if (this.#isTooLarge)
      return reject(
        'unpacks_too_large',
        'The entries of the message repeat too much of it: it should be sent in smaller messages.',
      );
    const [first] = this.#entries;
    return this.#entries.length === 1 && first !== undefined ? first : this.#entries;
  }

  get #hasTooMany(): boolean {
    return this.#entries.length > maxEntries(this.#origin);
  }

  get #isTooLarge(): boolean {
    return this.#units > (this.#origin.options.maxUnpackedBytes ?? MAX_UNPACKED_BYTES);
  }
}

function maxEntries({ options }: Origin): number {
  return options.maxEntries ?? MAX_ENTRIES;
}

const PLACE_DIGITS = 4;

/** The place of a record among those of its message. Padded, so that the ids sort as the records do. */
function partOf({ part }: Origin, index: number): string {
  return `${part}-${String(index).padStart(PLACE_DIGITS, '0')}`;
}

function rejectCount(origin: Origin): Rejection {
  return reject(
    'too_many_entries',
    `The message holds more than ${maxEntries(origin)} records: it should be sent in smaller messages.`,
  );
}

function rejectValue(value: unknown): Rejection {
  return reject('not_an_object', `The message is ${typeName(value)} in JSON: it should be an object.`);
}
