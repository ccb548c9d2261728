import { lms } from '../../../src/logs/formats/lms.ts';
import type { Severity } from '../../../src/logs/severity.ts';
import { type Circumstances, lineOf, originOf, parseRecord } from './record.ts';

/** A log entry, as a program writes it. */
export interface Entry {
  /** The message for a person. */
  readonly payload: string;
  /** Default: `info`. */
  readonly severity?: Severity;
  /** Default: that of the publisher. Up to 100 characters; the rest is cut off. */
  readonly service?: string;
  /** Default: now. Text is RFC 3339; a number is milliseconds since 1970. */
  readonly timestamp?: Date | string | number;
  /**
   * What tells the entry from all others of its service: written again with the same time and id, it counts
   * once. Default: one of its own.
   */
  readonly id?: string;
  /** Whatever else is known; anything that JSON can say. */
  readonly tags?: Readonly<Record<string, unknown>>;
}

/** The bytes that are sent for an entry. Never throws because of what the entry holds. */
export function entryLine(entry: Entry, { id, nowMs, service }: Omit<Circumstances, 'text'>): Buffer {
  const fields = {
    service_name: entry.service ?? service,
    payload: entry.payload,
    severity: entry.severity ?? 'info',
    timestamp: timeOf(entry.timestamp ?? nowMs),
  };
  const text = textOf(fields, entry.tags);
  const record = parseRecord(text) ?? fields;
  return lineOf(lms.decode(record, originOf({ id: entry.id ?? id, nowMs, service, text })), text);
}

function timeOf(time: Date | string | number): string {
  if (typeof time === 'string') return time;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString();
}

/** The JSON of an entry. Tags that JSON cannot say, such as those in a circle, are left out, and a tag says so. */
function textOf(fields: Readonly<Record<string, unknown>>, tags: Entry['tags']): string {
  if (tags === undefined) return JSON.stringify(fields);
  try {
    return JSON.stringify({ ...fields, tags }, sayable);
  } catch (error) {
    return JSON.stringify({ ...fields, tags: { lms_unsayable: String(error) } });
  }
}

/** What JSON has no word for, and an error, of which it would say nothing. */
function sayable(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return errorFields(value);
  return value;
}

function errorFields(error: Error): Readonly<Record<string, unknown>> {
  const { name: type, message, stack, cause } = error;
  // Its own members, such as a code; the class is none of them.
  return { ...Object.fromEntries(Object.entries(error)), type, message, stack, cause };
}
