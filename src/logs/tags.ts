import { keepForColumn, withExactNumbers } from './exact-json.ts';
import { isDeeperThan, jsonText, rejectDepth } from './json.ts';
import type { JsonObject } from './json.ts';
import type { Rejection } from './rejection.ts';

/** Levels that the shallowest JSON type we write to takes: MariaDB's JSON_VALID stops at 32 with the value inside; MySQL takes 100. */
const MAX_TAG_LEVELS = 31;

/**
 * The `tags` of an entry: JSON text of what `pick` leaves of the message, or null if that is nothing. `text` is what `fields`
 * were parsed from.
 */
export function tagsOf(
  fields: JsonObject,
  text: string,
  pick: (fields: JsonObject) => JsonObject,
): string | null | Rejection {
  const kept = pick(fields);
  if (isDeeperThan(kept, MAX_TAG_LEVELS)) return rejectDepth('tags', MAX_TAG_LEVELS);
  const exact = withExactNumbers(fields, text, keepForColumn);
  const tags = jsonText('tags', exact === fields ? kept : pick(exact));
  return tags === '{}' ? null : tags;
}
