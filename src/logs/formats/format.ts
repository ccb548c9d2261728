import type { Budget } from '../budget.ts';
import type { LogEntry } from '../entry.ts';
import type { JsonObject } from '../json.ts';
import type { Message } from '../message.ts';
import type { Origin } from '../origin.ts';
import type { Rejection } from '../rejection.ts';
import type { SharedObjects } from '../shared-objects.ts';

/** A form of log record that people publish, as a JSON object. */
export interface Format {
  /** Whether an object has the shape of it. Cheap, and sees what no other format has. */
  matches(record: JsonObject, origin: Origin): boolean;
  /** The entry that an object of this shape stands for, or why it cannot be one. */
  decode(record: JsonObject, origin: Origin): LogEntry | Rejection;
}

/** What a wrapping holds: a message of its own, or records. */
export type Contents =
  { readonly message: Message; readonly around?: JsonObject | undefined } | RecordsInside;

/** Records of one format whose numbers need no second look. */
export interface RecordsInside {
  readonly records: readonly {
    readonly record: JsonObject;
    /** UTF-16 units, as JSON, of what it shares with others. */
    readonly sharedUnits: number;
  }[];
  readonly shared: SharedObjects;
  readonly format: Format;
}

/** A JSON object around log records of other formats. */
export interface Wrapping {
  matches(record: JsonObject): boolean;
  /**
   * What is inside, or why nothing can be. Of more records than the budget has left, one more than those will
   * do.
   */
  open(record: JsonObject, origin: Origin, budget: Budget): Contents | Rejection;
}
