import { decode } from '../../logs/decode.ts';
import type { LogEntry } from '../../logs/entry.ts';
import { keepForColumn, withExactNumbers } from '../../logs/exact-json.ts';
import { isJsonObject, type JsonObject } from '../../logs/json.ts';
import { decodeLoosely } from '../../logs/loose.ts';
import type { Message } from '../../logs/message.ts';
import { isRejection, type Rejection } from '../../logs/rejection.ts';
import type { Format, Reading } from './format.ts';

/** What a record is known by that brings no identity, no service, and no time of its own. */
const NO_ID = 'unpublished';
const NO_SERVICE = '(no service)';
const NO_TIME = { seconds: -30_610_224_000, nanos: 1_000 };
const NO_TIMESTAMP = '1000-01-01 00:00:00.000001';
const OPTIONS = { defaultService: NO_SERVICE };

/**
 * JSON, an object a line: what a worker reads is read as it does. Any other object is read by the names that programs
 * give to a time, a level and a message.
 */
export const json: Format = {
  name: 'json',
  readsAllLines: true,
  read(line) {
    const first = line.trimStart().charAt(0);
    if (first !== '{' && first !== '[') return undefined;
    const message = messageOf(line);
    const decoded = decode(message, OPTIONS);
    if ('length' in decoded) return readingOfSeveral(line, decoded);
    if (!isRejection(decoded)) {
      return decoded.eventId.startsWith(NO_ID)
        ? readingOfEntry(decoded, 'may')
        : { ...readingOfEntry(decoded, 'must'), message: line };
    }
    const loose = decodeLoosely(message, {}, OPTIONS);
    return isRejection(loose) ? undefined : readingOfEntry(loose, 'no');
  },
};

function messageOf(line: string): Message {
  return { data: Buffer.from(line), attributes: {}, messageId: NO_ID, publishTime: NO_TIME };
}

function readingOfEntry(entry: LogEntry, asMessage: Reading['asMessage']): Reading {
  const { timestamp, serviceName, severity, payload, tags } = entry;
  return {
    timestamp: timestamp === NO_TIMESTAMP ? undefined : timestamp,
    severity,
    service: serviceName === NO_SERVICE ? undefined : serviceName,
    host: undefined,
    payload,
    tags: tags === null ? {} : parsed(tags),
    asMessage,
  };
}

/** Several entries in a line: they are told apart by whoever reads the message. Undefined if one of them is none. */
function readingOfSeveral(line: string, results: readonly (LogEntry | Rejection)[]): Reading | undefined {
  const entries = results.filter((result): result is LogEntry => !isRejection(result));
  const [first] = entries;
  if (first === undefined || entries.length < results.length) return undefined;
  return {
    timestamp: entries.some(({ timestamp }) => timestamp === NO_TIMESTAMP) ? undefined : first.timestamp,
    severity: first.severity,
    service: undefined,
    host: undefined,
    payload: line,
    tags: {},
    asMessage: 'must',
    message: line,
  };
}

/** Tags that were written by the decoder, with numbers that are written as they were. */
function parsed(tags: string): JsonObject {
  const value: unknown = JSON.parse(tags);
  return isJsonObject(value) ? withExactNumbers(value, tags, keepForColumn) : {};
}
