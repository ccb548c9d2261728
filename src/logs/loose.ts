import { tooManyValues } from './decode.ts';
import type { LogEntry } from './entry.ts';
import { decodeRecord, type RecordNames } from './formats/structured-record.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { type Level, levelOfPino, levelOfSyslog } from './levels.ts';
import { looksOfText } from './looks-like.ts';
import { memberAt } from './members.ts';
import type { Message } from './message.ts';
import type { DecodeOptions } from './options.ts';
import { isRejection, reject, type Rejection, typeName } from './rejection.ts';

/** Members of a record that whoever sends it says more of; a dot walks into an object. */
export interface FieldMapping {
  readonly time?: string | undefined;
  readonly message?: string | undefined;
  readonly level?: string | undefined;
}

/** What programs call these, the most explicit first. */
const TIMES = [
  'timestamp',
  '@timestamp',
  'time',
  'ts',
  'eventTime',
  'event_time',
  'datetime',
  'timereported',
  'timegenerated',
  'date',
  '_time',
  'asctime',
  't',
];
const LEVELS = [
  'severity',
  'level',
  'log.level',
  'loglevel',
  'log_level',
  'levelname',
  'lvl',
  'severity_text',
  'severityText',
  'syslogseverity-text',
  'syslogseverity',
  'priority',
  'PRIORITY',
];
const MESSAGES = [
  'message',
  'msg',
  'payload',
  'log',
  'body',
  'text',
  'MESSAGE',
  'event.original',
  'short_message',
  'line',
  'event',
];
const SERVICES = [
  'programname',
  'app-name',
  'syslog.appname',
  'container.name',
  'container_name',
  'kubernetes.container_name',
  'process.name',
  'SYSLOG_IDENTIFIER',
];

/**
 * Reads a record that is of no known format, or whose members are named by whoever sends it: a JSON object
 * with a time, a level and a message under names that programs give them. A level that is none of ours is
 * kept and counts as info; what has no message is its own text.
 */
export function decodeLoosely(
  message: Message,
  mapping: FieldMapping,
  options: DecodeOptions,
): LogEntry | Rejection {
  const text = Buffer.from(message.data).toString('utf8');
  const tooMany = tooManyValues(text);
  if (tooMany !== undefined) return tooMany;
  const record = parsed(text);
  if (isRejection(record)) return record;
  if (Object.keys(record).length === 0) return reject('unknown_shape', 'The record is an empty object.');
  const origin = { message, text, options, part: '', around: undefined, budget: undefined };
  return decodeRecord(record, origin, namesOf(mapping, text));
}

function parsed(text: string): JsonObject | Rejection {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
    return reject('not_an_object', `The record is ${typeName(value)} in JSON: it should be an object.`);
  } catch {
    return reject('not_json', `The record is not JSON, it looks like ${looksOfText(text)}.`);
  }
}

function namesOf({ time, message, level }: FieldMapping, text: string): RecordNames {
  const first = (named: string | undefined, usual: readonly string[]) =>
    named === undefined ? usual : [named, ...usual];
  const messages = first(message, MESSAGES);
  return {
    time: first(time, TIMES),
    level: first(level, LEVELS),
    message: messages,
    service: SERVICES,
    readLevel: levelOfAny,
    payload: (record) =>
      messages.some((name) => memberAt(record, name) !== undefined) ? undefined : text.trim(),
  };
}

const UNKNOWN: Level = { severity: 'info', isTold: false };

/** Whatever a level is called or numbered: small numbers are syslog's, others pino's. */
export function levelOfAny(value: unknown): Level {
  const number = typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value;
  const level = typeof number === 'number' && number >= 10 ? levelOfPino(number) : levelOfSyslog(number);
  return level ?? UNKNOWN;
}
