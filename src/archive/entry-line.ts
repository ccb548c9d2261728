import type { StoredEntry } from '../logs/entry.ts';
import { entryJson } from '../logs/entry-json.ts';
import { isSeverity } from '../logs/severity.ts';

const TAGS = ',"tags":';
const TAGS_TEXT = ',"tags_text":';

/**
 * An entry as a line of an archive, without its end: as JSON has it everywhere. Tags that somebody else stored
 * over several lines stand in it once more, as a text, so that they come back as they were.
 */
export function entryLine(entry: StoredEntry): string {
  const json = entryJson(entry);
  if (entry.tags === null || !/[\n\r]/.test(entry.tags)) return json;
  const at = json.indexOf(TAGS);
  return `${json.slice(0, at)}${TAGS_TEXT}${JSON.stringify(entry.tags)}${json.slice(at)}`;
}

/**
 * The entry of a line, every byte of its tags included; undefined if `entryLine` cannot have written it. Tags are not
 * looked into: whether they are what was written, a hash says.
 */
export function parseEntryLine(line: string): StoredEntry | undefined {
  // No text has this in it, for its quotes are escaped there: what is first is the member.
  const at = line.indexOf(TAGS);
  if (!line.endsWith('}')) return undefined;
  try {
    const head: unknown = JSON.parse(at === -1 ? line : `${line.slice(0, at)}}`);
    return entryOf(head as Head, at === -1 ? null : line.slice(at + TAGS.length, -1));
  } catch {
    return undefined;
  }
}

/** What stands before the tags, where it is right. */
interface Head {
  readonly service_name?: unknown;
  readonly payload?: unknown;
  readonly severity?: unknown;
  readonly timestamp?: unknown;
  readonly event_id?: unknown;
  readonly created_at?: unknown;
  readonly tags_text?: unknown;
}

function entryOf(head: Head, tags: string | null): StoredEntry | undefined {
  const { service_name: serviceName, payload, severity, event_id: eventId, tags_text: text } = head;
  const [timestamp, createdAt] = [columnTime(head.timestamp), columnTime(head.created_at)];
  if (timestamp === undefined || createdAt === undefined || !isSeverity(severity)) return undefined;
  if (tags !== null && !(tags.startsWith('{') && tags.endsWith('}'))) return undefined;
  if (typeof serviceName !== 'string' || typeof payload !== 'string' || typeof eventId !== 'string')
    return undefined;
  const exact = typeof text === 'string' ? text : tags;
  return { timestamp, eventId, serviceName, severity, payload, tags: exact, createdAt };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** A time as a column holds it. */
function columnTime(text: unknown): string | undefined {
  if (typeof text !== 'string' || !TIME.test(text)) return undefined;
  return `${text.slice(0, 10)} ${text.slice(11, 26)}`;
}
