import type { LogEntry } from '../../../src/logs/entry.ts';
import { publishedJson } from '../../../src/logs/entry-json.ts';
import { isJsonObject, type JsonObject } from '../../../src/logs/json.ts';
import { ATTRIBUTES } from '../../../src/logs/message.ts';
import type { Origin } from '../../../src/logs/origin.ts';
import { isRejection, type Rejection } from '../../../src/logs/rejection.ts';

/** An escape of half a character that takes two, as a text has that was cut in the middle of it. */
const SURROGATE = /\\ud[89a-f]/i;

/** The object in a JSON text, with halves of characters replaced; undefined if there is none. */
export function parseRecord(text: string): JsonObject | undefined {
  try {
    const record: unknown = SURROGATE.test(text) ? JSON.parse(text, wellFormed) : JSON.parse(text);
    return isJsonObject(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

function wellFormed(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

/** What a record does not say itself. */
export interface Circumstances {
  /** The id of the entry, unique within its service. */
  readonly id: string;
  /** When it happened, if the record does not say: milliseconds since 1970. */
  readonly nowMs: number;
  /** The service, if the record names none. */
  readonly service: string;
  /** What the record was parsed from; empty if its numbers need no second look. */
  readonly text: string;
}

/** Where a record comes from, for the decoder. */
export function originOf({ id, nowMs, service, text }: Circumstances): Origin {
  return {
    message: {
      messageId: id,
      publishTime: { seconds: Math.floor(nowMs / 1_000), nanos: Math.floor(nowMs % 1_000) * 1_000_000 },
      data: NO_BYTES,
      attributes: { [ATTRIBUTES.eventId]: id },
    },
    text,
    options: { defaultService: service },
    part: '',
    around: undefined,
    budget: undefined,
  };
}

const NO_BYTES = new Uint8Array();

/**
 * What is sent of an entry: with its time and its id, so that however often it is sent it counts once. What
 * cannot be an entry goes as it is, and is kept as a dead letter with the reason.
 */
export function lineOf(decoded: LogEntry | Rejection, text: string): Buffer {
  return Buffer.from(isRejection(decoded) ? text : publishedJson(decoded));
}
