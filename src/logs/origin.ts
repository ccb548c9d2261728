import type { Budget } from './budget.ts';
import type { JsonObject } from './json.ts';
import type { Message } from './message.ts';
import type { DecodeOptions } from './options.ts';
import type { SharedObjects } from './shared-objects.ts';

/** Where a JSON object was read from, and what its format may need to know beside it. */
export interface Origin {
  readonly message: Message;
  /** What the object was parsed from. Empty if its numbers need no second look. */
  readonly text: string;
  readonly options: DecodeOptions;
  /**
   * Which of several entries of its message it is, as the end of an id: `-0002` is the third. Empty if it is
   * the only one.
   */
  readonly part: string;
  readonly around: Around | undefined;
  /** What the message may still cost. Undefined as long as it holds one record, as it came. */
  readonly budget: Budget | undefined;
  /** What the record shares with others. */
  readonly shared?: SharedObjects | undefined;
}

/** What was around an object and belongs into the tags. */
export interface Around {
  readonly members: JsonObject;
  /** UTF-16 units of it as JSON. */
  readonly units: number;
}
