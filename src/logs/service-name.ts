import type { JsonObject } from './json.ts';
import { memberAt } from './members.ts';
import { attributeOf, ATTRIBUTES } from './message.ts';
import type { Origin } from './origin.ts';
import type { Rejection } from './rejection.ts';
import { reject, rejectUnicode } from './rejection.ts';

/** Width of the `service_name` column, in Unicode characters (code points). */
const LONGEST_NAME = 100;
/** Of a shorter text it does not matter what is kept of it. */
const MUCH_TEXT = 1_000;

/** A service's name without the white space around it, or why it cannot be one. */
export function checkServiceName(text: string): string | Rejection {
  const name = trimmed(text);
  if (name.length === 0)
    return reject('empty_service_name', 'service_name is empty: it should be 1 to 100 characters.');
  if (isTooLong(name)) {
    return reject('service_name_too_long', 'service_name is too long: it should be 1 to 100 characters.');
  }
  return name.isWellFormed() ? name : rejectUnicode('service_name');
}

/** As much of a name as the column holds. A character outside the basic plane is kept whole or left out. */
export function cutServiceName(text: string): string {
  const name = trimmed(text);
  return isTooLong(name) ? firstCharacters(name).slice(0, LONGEST_NAME).join('').trimEnd() : name;
}

/** A part of a text keeps all of it in memory: of one that is mostly white space the name is copied. */
function trimmed(text: string): string {
  const name = text.trim();
  return text.length <= MUCH_TEXT || isTooLong(name) ? name : firstCharacters(name).join('');
}

function isTooLong(name: string): boolean {
  if (name.length <= LONGEST_NAME) return false;
  return name.length > 2 * LONGEST_NAME || firstCharacters(name).length > LONGEST_NAME;
}

/**
 * A character takes two UTF-16 units at most: 200 of them hold 100 characters, and a text of any length costs
 * no more.
 */
function firstCharacters(name: string): string[] {
  return Array.from(name.slice(0, 2 * LONGEST_NAME));
}

/** What in a record of any format names its service, the most explicit first. A dot walks into an object. */
const NAMING_MEMBERS = [
  'service_name',
  'serviceName',
  'service.name',
  'service',
  'serviceContext.service',
  'resource.service.name',
  'dd.service',
  'kubernetes.labels.app.kubernetes.io/name',
  'kubernetes.labels.app',
  'logging.googleapis.com/labels.service',
  'labels.service',
  'application',
  'app_name',
  'appName',
  'appname',
  'app',
] as const;

/**
 * The name of a service, and the member of its record that says just this; undefined if something else says
 * it.
 */
export interface NamedService {
  readonly name: string;
  readonly member: string | undefined;
}

/**
 * The service of a record: what its own members say, `more` after the usual ones; else an attribute of its
 * message; else the default. Longer than the column it is cut, and its member stays in the tags.
 */
export function serviceOfRecord(
  record: JsonObject,
  origin: Origin,
  more: readonly string[] = [],
): NamedService | Rejection {
  for (const member of [...NAMING_MEMBERS, ...more]) {
    const said = memberAt(record, member);
    if (typeof said !== 'string') continue;
    const name = cutServiceName(said);
    if (name === '') continue;
    if (!name.isWellFormed()) return rejectUnicode(member);
    return { name, member: name === said.trim() ? member : undefined };
  }
  const name = serviceOfMessage(origin);
  return typeof name === 'string' ? { name, member: undefined } : name;
}

/**
 * The service of a record that does not name it: by an attribute of its message, the source of a CloudEvent,
 * or the default.
 */
export function serviceOfMessage({ message, options }: Origin): string | Rejection {
  for (const attribute of [ATTRIBUTES.serviceName, ATTRIBUTES.service, ATTRIBUTES.cloudEventSource]) {
    const name = cutServiceName(attributeOf(message, attribute) ?? '');
    if (name !== '' && name.isWellFormed()) return name;
  }
  const name = cutServiceName(options.defaultService ?? '');
  if (name !== '') return name;
  return reject(
    'missing_field',
    'service_name is missing: it should be in the record or an attribute of the message, or DEFAULT_SERVICE should be set.',
  );
}
