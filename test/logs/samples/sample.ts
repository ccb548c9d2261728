import type { LogEntry } from '../../../src/logs/entry.ts';

/**
 * A record as a logging library writes it, and the entry that it is: `tags` parsed, `eventId` left out where
 * it is the message's.
 */
export interface Sample {
  readonly name: string;
  readonly record: Readonly<Record<string, unknown>>;
  readonly entry: Omit<LogEntry, 'eventId' | 'tags'> & { readonly tags: unknown; readonly eventId?: string };
}
