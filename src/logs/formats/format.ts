import type { LogEntry } from '../entry.ts';
import type { JsonObject } from '../json.ts';
import type { Message } from '../message.ts';
import type { Origin } from '../origin.ts';
import type { Rejection } from '../rejection.ts';

/** A form of log record that people publish, as a JSON object. */
export interface Format {
  /** Whether an object has the shape of it. Cheap, and sees what no other format has. */
  matches(record: JsonObject, origin: Origin): boolean;
  /** The entry that an object of this shape stands for, or why it cannot be one. */
  decode(record: JsonObject, origin: Origin): LogEntry | Rejection;
}

/**
 * What a wrapping holds: a message of its own, or records of one format whose numbers need no second look.
 */
export type Contents =
  | { readonly message: Message; readonly around?: JsonObject | undefined }
  | { readonly records: readonly JsonObject[]; readonly format: Format };

/** A JSON object around log records of other formats. */
export interface Wrapping {
  matches(record: JsonObject): boolean;
  /** What is inside, or why nothing can be. */
  open(record: JsonObject, origin: Origin): Contents | Rejection;
}
