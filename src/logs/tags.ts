import { keepForColumn, withExactNumbers } from './exact-json.ts';
import type { JsonObject } from './json.ts';
import { hasNameOver, isDeeperThan, jsonText, rejectDepth } from './json.ts';
import { withMembers } from './members.ts';
import type { Origin } from './origin.ts';
import type { Rejection } from './rejection.ts';
import { reject } from './rejection.ts';
import { withTraceId } from './trace-id.ts';

/**
 * Levels that the shallowest JSON type we write to takes: MariaDB's JSON_VALID stops at 32 with the value
 * inside; MySQL takes 100.
 */
const MAX_TAG_LEVELS = 31;
/** Bytes of a name in MySQL's JSON type, in UTF-8: its length has two bytes there. */
const MAX_NAME_BYTES = 65_535;
/** UTF-8 needs at most three bytes for a UTF-16 unit: a shorter text holds no name that is too long. */
const SAFE_TEXT_UNITS = Math.floor(MAX_NAME_BYTES / 3);

/** Whether each of many records may have this value among its tags, as deep as a member of theirs. */
export function fitsTags(value: unknown): boolean {
  return !isDeeperThan(value, MAX_TAG_LEVELS - 1) && !hasNameOver(value, MAX_NAME_BYTES);
}

/**
 * The `tags` of an entry: JSON text of what `pick` leaves of the record, with what was around it, or null if
 * that is nothing. The id of a trace is called `trace_id`.
 */
export function tagsOf(
  fields: JsonObject,
  origin: Origin,
  pick: (fields: JsonObject) => JsonObject,
): string | null | Rejection {
  return tagsText(fields, origin, { pick, rename: withTraceId });
}

/** The same of a record that was an entry before: every tag keeps the name that it had. */
export function tagsOfEntry(
  fields: JsonObject,
  origin: Origin,
  pick: (fields: JsonObject) => JsonObject,
): string | null | Rejection {
  return tagsText(fields, origin, { pick, rename: (tags) => tags });
}

/** How tags are made of a record. */
interface Making {
  readonly pick: (fields: JsonObject) => JsonObject;
  readonly rename: (tags: JsonObject) => JsonObject;
}

function tagsText(
  fields: JsonObject,
  { text, around, shared }: Origin,
  { pick: pickOwn, rename }: Making,
): string | null | Rejection {
  const pick =
    around === undefined
      ? pickOwn
      : (record: JsonObject) => withMembers(around.members, 'record', pickOwn(record));
  const picked = pick(fields);
  // What nests deeper than a column takes is refused before anything recurses into it.
  if (isDeeperThan(picked, MAX_TAG_LEVELS, shared)) return rejectDepth('tags', MAX_TAG_LEVELS);
  if ((text === '' || text.length > SAFE_TEXT_UNITS) && hasNameOver(picked, MAX_NAME_BYTES, shared)) {
    return reject(
      'tag_name_too_long',
      `tags have a name that is too long: it should have at most ${MAX_NAME_BYTES} bytes.`,
    );
  }
  const exact = withExactNumbers(fields, text, keepForColumn);
  const tags = jsonText('tags', rename(exact === fields ? picked : pick(exact)));
  return tags === '{}' ? null : tags;
}
