import type { LogEntry } from './entry.ts';
import { isJsonObject } from './json.ts';
import { decodeCloudLogging, looksLikeCloudLogging } from './formats/cloud-logging.ts';
import type { Message } from './message.ts';
import { decodeLms } from './formats/lms.ts';
import { reject, typeName } from './rejection.ts';
import type { Rejection } from './rejection.ts';

/** Strict: malformed UTF-8 throws instead of becoming U+FFFD. A byte order mark is dropped. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a message: the entry it stands for, or why it cannot be one. Tell them apart with `isRejection`.
 *
 * The fields decide which of the two formats it is: our own has `service_name`, a Cloud Logging LogEntry has fields of its own.
 * Never throws, whatever the bytes. The same message gives the same result on every redelivery.
 */
export function decode(message: Message): LogEntry | Rejection {
  let text: string;
  try {
    text = UTF8.decode(message.data);
  } catch {
    return reject('not_utf8', 'The message is not valid UTF-8: it should be JSON in UTF-8.');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    return reject('not_json', `The message is not JSON: ${message.data.length} bytes that cannot be parsed.`);
  }
  if (!isJsonObject(value)) {
    return reject('not_an_object', `The message is ${typeName(value)} in JSON: it should be an object.`);
  }
  if (value['service_name'] !== undefined) return decodeLms(value, text, message);
  if (looksLikeCloudLogging(value)) return decodeCloudLogging(value, text, message);
  return rejectShape(value);
}

function rejectShape(fields: Readonly<Record<string, unknown>>): Rejection {
  if (fields['payload'] !== undefined || fields['severity'] !== undefined) {
    return reject('missing_field', 'service_name is missing: it should be text of 1 to 100 characters.');
  }
  return reject(
    'unknown_shape',
    'The message is neither of the known formats: it should have service_name, payload, severity and timestamp, or be a Cloud Logging LogEntry.',
  );
}
