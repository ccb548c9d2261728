import type { LogEntry } from '../entry.ts';
import type { TimeValue } from '../epoch-time.ts';
import { messageTime } from '../event-time.ts';
import { keepSpelling, withExactNumbers } from '../exact-json.ts';
import type { ScopedId } from '../identity.ts';
import { identify } from '../identity.ts';
import type { JsonObject } from '../json.ts';
import { isDeeperThan, isJsonObject, jsonText, rejectDepth } from '../json.ts';
import type { Level, ReadLevel } from '../levels.ts';
import { levelOfName, rejectLevel } from '../levels.ts';
import { memberAt, withoutMembers } from '../members.ts';
import type { Origin } from '../origin.ts';
import type { Rejection } from '../rejection.ts';
import { isRejection, rejectUnicode } from '../rejection.ts';
import { serviceOfRecord } from '../service-name.ts';
import { tagsOf } from '../tags.ts';
import { readLooseTime } from '../time-value.ts';

/**
 * Where a logging library puts what we have columns for. A dot walks into an object; of several names the
 * first that is there counts.
 */
export interface RecordNames {
  readonly time: readonly string[];
  readonly level: readonly string[];
  readonly message: readonly string[];
  /** Members that name the service, beyond the usual ones. */
  readonly service?: readonly string[];
  /** How the level is spelled, if not by name. */
  readonly readLevel?: ReadLevel;
  /** The time, if it is not in one member: what it is, and the members that say it. */
  readonly readTime?: (
    record: JsonObject,
  ) => { readonly time: TimeValue; readonly members: readonly string[] } | undefined;
  /** The payload, if it is not just a member. */
  readonly payload?: (record: JsonObject) => string | undefined;
  /** The record's own identity. */
  readonly id?: (record: JsonObject, serviceName: string) => ScopedId | undefined;
}

/** A value of a record, and the members that are not needed any more once it has its column. */
interface Found<T> {
  readonly value: T;
  readonly told: readonly string[];
}

const MAX_RECORD_LEVELS = 100;

/**
 * The entry that a record of a logging library stands for: its time, level, message and service in columns,
 * everything else in the tags, and also what a column holds less of: digits after the microseconds, a level
 * that is none of ours. A record without a level is info; without a time that can be read, it happened when
 * it was published.
 */
export function decodeRecord(record: JsonObject, origin: Origin, names: RecordNames): LogEntry | Rejection {
  // Before anything recurses into it.
  if (isDeeperThan(record, MAX_RECORD_LEVELS, origin.shared))
    return rejectDepth('The record', MAX_RECORD_LEVELS);
  const level = levelOf(record, names);
  if (isRejection(level)) return level;
  const time = timeOf(record, origin, names);
  if (isRejection(time)) return time;
  const message = messageOf(record, origin, names);
  if (isRejection(message)) return message;
  const service = serviceOfRecord(record, origin, names.service);
  if (isRejection(service)) return service;

  const told = [...level.told, ...time.told, ...message.told];
  if (service.member !== undefined) told.push(service.member);
  const id = names.id?.(record, service.name);
  const tags = tagsOf(record, origin, (fields) => withoutMembers(fields, told, origin.shared));
  if (isRejection(tags)) return tags;
  return {
    timestamp: time.value,
    eventId: identify(origin, service.name, id),
    serviceName: service.name,
    severity: level.value.severity,
    payload: message.value,
    tags,
  };
}

/** The first of these members that is there, and which it is. */
function firstOf(
  record: JsonObject,
  members: readonly string[],
): { name: string; value: unknown } | undefined {
  for (const name of members) {
    const value = memberAt(record, name);
    if (value !== undefined) return { name, value };
  }
  return undefined;
}

const NO_LEVEL: Level = { severity: 'info', isTold: true };

function levelOf(record: JsonObject, names: RecordNames): Found<Level> | Rejection {
  const found = firstOf(record, names.level);
  if (found === undefined || found.value === '') return { value: NO_LEVEL, told: [] };
  const level = (names.readLevel ?? levelOfName)(found.value);
  if (level === undefined) return rejectLevel(found.name, found.value);
  return { value: level, told: level.isTold ? [found.name] : [] };
}

function timeOf(record: JsonObject, origin: Origin, names: RecordNames): Found<string> | Rejection {
  const special = names.readTime?.(record);
  const found = special === undefined ? firstOf(record, names.time) : undefined;
  const time =
    special?.time ?? readLooseTime(found === undefined ? undefined : exactNumber(found, record, origin));
  if (time === null) {
    const value = messageTime(origin.message);
    return isRejection(value) ? value : { value, told: [] };
  }
  const members = special?.members ?? (found === undefined ? [] : [found.name]);
  return { value: time.timestamp, told: time.finer === '' && time.hasZone ? members : [] };
}

/** A number as it was spelled: nanoseconds since 1970 have more digits than a JavaScript number keeps. */
function exactNumber(found: { name: string; value: unknown }, record: JsonObject, { text }: Origin): unknown {
  if (typeof found.value !== 'number' || Number.isSafeInteger(found.value)) return found.value;
  const exact = memberAt(withExactNumbers(record, text, keepSpelling), found.name);
  return typeof exact === 'object' ? JSON.stringify(exact) : exact;
}

function messageOf(record: JsonObject, origin: Origin, names: RecordNames): Found<string> | Rejection {
  const made = names.payload?.(record);
  if (made !== undefined) return made.isWellFormed() ? { value: made, told: [] } : rejectUnicode('message');
  const found = firstOf(record, names.message);
  if (found === undefined) return { value: '', told: [] };
  const { name, value } = found;
  if (typeof value === 'string') {
    return value.isWellFormed() ? { value, told: [name] } : rejectUnicode(name);
  }
  const exact = memberAt(withExactNumbers(record, origin.text, keepSpelling), name);
  const text = isJsonObject(exact) || Array.isArray(exact) ? jsonText(name, exact) : String(exact);
  return isRejection(text) ? text : { value: text, told: [name] };
}
