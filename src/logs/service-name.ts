import { reject, rejectUnicode } from './rejection.ts';
import type { Rejection } from './rejection.ts';

/** Width of the `service_name` column, in Unicode characters (code points). */
const LONGEST_NAME = 100;

/** A service's name without the white space around it, or why it cannot be one. */
export function checkServiceName(text: string): string | Rejection {
  const name = text.trim();
  if (name.length === 0)
    return reject('empty_service_name', 'service_name is empty: it should be 1 to 100 characters.');
  if (isTooLong(name)) {
    return reject('service_name_too_long', 'service_name is too long: it should be 1 to 100 characters.');
  }
  return name.isWellFormed() ? name : rejectUnicode('service_name');
}

/** As much of a name as the column holds. A character outside the basic plane is kept whole or left out. */
export function cutServiceName(text: string): string {
  const name = text.trim();
  return isTooLong(name) ? firstCharacters(name).slice(0, LONGEST_NAME).join('').trimEnd() : name;
}

function isTooLong(name: string): boolean {
  if (name.length <= LONGEST_NAME) return false;
  return name.length > 2 * LONGEST_NAME || firstCharacters(name).length > LONGEST_NAME;
}

/** A character takes two UTF-16 units at most: 200 of them hold 100 characters, and a text of any length costs no more. */
function firstCharacters(name: string): string[] {
  return Array.from(name.slice(0, 2 * LONGEST_NAME));
}
