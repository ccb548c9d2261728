import { attributeUnits, Budget, jsonUnits } from './budget.ts';
import type { LogEntry } from './entry.ts';
import { FORMATS, WRAPPINGS } from './formats/all.ts';
import { entryOfText, isCloudEvent } from './formats/cloud-event.ts';
import type { Contents, RecordsInside } from './formats/format.ts';
import { lms } from './formats/lms.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';
import type { ValueText } from './json-values.ts';
import { elementsOf, hasValuesOver, severalValues } from './json-values.ts';
import { looksOfBytes, looksOfObject, looksOfText } from './looks-like.ts';
import type { Message } from './message.ts';
import type { DecodeOptions } from './options.ts';
import type { Around, Origin } from './origin.ts';
import type { Rejection } from './rejection.ts';
import { isRejection, reject, typeName } from './rejection.ts';
import { isCompressed } from './unpack.ts';

export type { DecodeOptions } from './options.ts';

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
 * JSON of the smallest values takes fifty times its size in memory while it is parsed: 32 MiB of brackets
 * would end a process.
 */
const MAX_VALUES = 1_000_000;
/** Those of one record are gone over and copied several times. */
const MAX_RECORD_VALUES = 250_000;
/** A text up to this size is not looked at for its values. */
const SURELY_FEW_UNITS = 200_000;

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

/** The same of a message whose data is this text in UTF-8, which begins with the brace of an object. */
export function decodeObjectText(
  text: string,
  message: Message,
  options: DecodeOptions = NO_OPTIONS,
): Decoded {
  if (hasTooManyValues(text, MAX_VALUES)) return rejectValues('The message', MAX_VALUES);
  return decodeText({ message, text, options, part: '', around: undefined, budget: undefined }, 0);
}

/** What a message within others has from around it. */
interface Outside {
  readonly part: string;
  readonly around: Around | undefined;
  readonly budget: Budget | undefined;
  /** How many messages are around it. */
  readonly depth: number;
}

const OUTERMOST: Outside = { part: '', around: undefined, budget: undefined, depth: 0 };

function decodeMessage(message: Message, options: DecodeOptions, outside: Outside): Decoded {
  const { part, around, depth } = outside;
  let { budget } = outside;
  let { data } = message;
  if (isCompressed(data)) {
    budget ??= new Budget(options);
    const unpacked = budget.unpack(data);
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
  if (hasTooManyValues(text, MAX_VALUES)) return rejectValues('The message', MAX_VALUES);
  return decodeText({ message, text, options, part, around, budget }, depth);
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
  return decodeElements(origin, depth);
}

function decodeElements(origin: Origin, depth: number): Decoded {
  const budget = budgetOf(origin);
  return decodeSeveral(elementsOf(origin.text, budget.recordsLeft), { origin, budget, depth });
}

function decodeNoJson(origin: Origin, depth: number): Decoded {
  const { text, message } = origin;
  const budget = budgetOf(origin);
  const values = severalValues(text, budget.recordsLeft);
  if (values !== undefined) return decodeSeveral(values, { origin, budget, depth });
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
  if (lms.matches(record, origin))
    return hasTooManyValues(origin.text, MAX_RECORD_VALUES)
      ? rejectValues('The record', MAX_RECORD_VALUES)
      : lms.decode(record, origin);
  for (const wrapping of WRAPPINGS) {
    if (!wrapping.matches(record)) continue;
    const budget = budgetOf(origin);
    return decodeContents(wrapping.open(record, origin, budget), { origin, budget, depth });
  }
  if (hasTooManyValues(origin.text, MAX_RECORD_VALUES)) return rejectValues('The record', MAX_RECORD_VALUES);
  for (const format of FORMATS) if (format.matches(record, origin)) return format.decode(record, origin);
  // A record of our own format without its payload: the rejection names what is missing.
  if (record['service_name'] !== undefined) return lms.decode(record, origin);
  return reject(
    'unknown_shape',
    `The message is of none of the known formats, it looks like ${looksOfObject(record)}.`,
  );
}

/** Where what is inside something else is decoded. */
interface Inside {
  readonly origin: Origin;
  readonly budget: Budget;
  readonly depth: number;
}

function decodeContents(contents: Contents | Rejection, inside: Inside): Decoded {
  if (isRejection(contents)) return contents;
  if ('records' in contents) return decodeRecords(contents, inside);
  const { origin, budget, depth } = inside;
  if (depth === MAX_WRAPPINGS)
    return reject(
      'too_deep',
      `The message holds messages within messages: it should have at most ${MAX_WRAPPINGS} around it.`,
    );
  const { message, around: members } = contents;
  const around = members === undefined ? origin.around : { members, units: jsonUnits(members) };
  return decodeMessage(message, origin.options, { part: origin.part, around, budget, depth: depth + 1 });
}

function decodeRecords({ records, shared, format }: RecordsInside, inside: Inside): Decoded {
  return decodeEach(records, inside, {
    sharedUnits: ({ sharedUnits }) => sharedUnits,
    decode: ({ record }, origin) => format.decode(record, { ...origin, text: '', shared }),
  });
}

function decodeSeveral(values: readonly ValueText[], inside: Inside): Decoded {
  return decodeEach(values, inside, {
    sharedUnits: () => 0,
    decode: (text, origin) => decodeValue(text, { ...origin, text: text ?? '' }, inside.depth),
  });
}

function decodeValue(text: ValueText, origin: Origin, depth: number): Decoded {
  if (text === null) return reject('not_json', 'A line of the message is not JSON.');
  const value: unknown = JSON.parse(text);
  return isJsonObject(value) ? decodeObject(value, origin, depth) : rejectValue(value);
}

/** How each of several records is decoded. */
interface EachRecord<R> {
  /** UTF-16 units of what this one shares with others and is gone over for each. */
  readonly sharedUnits: (record: R) => number;
  readonly decode: (record: R, origin: Origin) => Decoded;
}

/**
 * The records of a message, as long as it keeps to its budget. Each costs what it shares with others or what
 * it becomes, whichever is more; one that is rejected costs the former all the same.
 */
function decodeEach<R>(
  records: readonly R[],
  { origin, budget, depth }: Inside,
  each: EachRecord<R>,
): Decoded {
  const tooMany = budget.split(records.length);
  if (tooMany !== undefined) return tooMany;
  const [first] = records;
  if (first !== undefined && records.length === 1) return each.decode(first, { ...origin, budget });
  // Those of the outermost message are few: the service says so.
  const aroundUnits = (origin.around?.units ?? 0) + (depth > 0 ? attributeUnits(origin.message) : 0);
  const entries: (LogEntry | Rejection)[] = [];
  for (const [index, record] of records.entries()) {
    const sharedUnits = aroundUnits + each.sharedUnits(record);
    budget.spend(sharedUnits);
    if (budget.rejection !== undefined) return budget.rejection;
    const decoded = each.decode(record, { ...origin, budget, part: partOf(origin, index) });
    if ('length' in decoded) entries.push(...decoded);
    else entries.push(decoded);
    if (!('length' in decoded) && !isRejection(decoded)) {
      const { payload, tags } = decoded;
      budget.spend(Math.max(0, payload.length + (tags?.length ?? 0) - sharedUnits));
    }
  }
  return budget.rejection ?? entries;
}

function budgetOf({ budget, options }: Origin): Budget {
  return budget ?? new Budget(options);
}

const PLACE_DIGITS = 4;

/** The place of a record among those of its message. Padded, so that the ids sort as the records do. */
function partOf({ part }: Origin, index: number): string {
  return `${part}-${String(index).padStart(PLACE_DIGITS, '0')}`;
}

/** Why a record is not looked at: it holds more values than are gone over several times. */
export function tooManyValues(text: string): Rejection | undefined {
  return hasTooManyValues(text, MAX_RECORD_VALUES)
    ? rejectValues('The record', MAX_RECORD_VALUES)
    : undefined;
}

function hasTooManyValues(text: string, max: number): boolean {
  return text.length > SURELY_FEW_UNITS && hasValuesOver(text, max);
}

function rejectValues(what: string, max: number): Rejection {
  return reject(
    'too_many_values',
    `${what} holds more than ${max} JSON values: it should be sent in smaller ones.`,
  );
}

function rejectValue(value: unknown): Rejection {
  return reject('not_an_object', `The message is ${typeName(value)} in JSON: it should be an object.`);
}
