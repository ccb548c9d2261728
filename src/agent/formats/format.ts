import type { JsonObject } from '../../logs/json.ts';
import type { Severity } from '../../logs/severity.ts';
import type { Zone } from './zone.ts';

/** The formats that a line of text may have, by the names that `--format` takes. */
export const FORMAT_NAMES = [
  'access',
  'csv',
  'nginx-error',
  'apache-error',
  'syslog',
  'json',
  'logfmt',
  'text',
] as const;

/** The name of a format. */
export type FormatName = (typeof FORMAT_NAMES)[number];

/** What a line does not say itself. */
export interface LineContext {
  /** When the line was read, in Unix milliseconds. A time without a year is of the year that brings it nearest. */
  readonly observedMs: number;
  /** Of times that name none. */
  readonly zone: Zone;
}

/** What a line says. */
export interface Reading {
  /** The event's time in UTC, as a column holds it; undefined if the line says none. */
  readonly timestamp: string | undefined;
  readonly severity: Severity;
  /** Which service the line says it is of. */
  readonly service: string | undefined;
  /** Which machine the line says it is from. */
  readonly host: string | undefined;
  /** The line as it was; of JSON, the message that it holds. */
  readonly payload: string;
  /**
   * As `JSON.stringify` writes them: numbers of any size are exact. `timestamp` is the time as it is spelled, if a
   * column holds less of it; `level` is one that the severity says less of.
   */
  readonly tags: JsonObject;
  /**
   * Whether a worker makes the same of the line if it is published as it is: it `may`; or it `must`, because it brings
   * an identity of its own or holds several entries. Without a `timestamp` those have none, or one of them has not.
   */
  readonly asMessage: 'no' | 'may' | 'must';
  /** The line, if it `must` be published as it is. */
  readonly message?: string;
}

/** A form that programs write lines in. Pure: the same line and context give the same reading. */
export interface Format {
  readonly name: FormatName;
  /** What the line says; undefined if it is not of this format. Never throws, whatever the text. */
  read(line: string, context: LineContext): Reading | undefined;
  /** The format of the lines below, if the line is a header that says how they are made. */
  readonly underHeader?: (line: string) => Format | undefined;
  /** Whether a line is the header once more that this format goes by: files were put together. */
  readonly repeatsHeader?: (line: string) => boolean;
  /** Whether one event may be all of several lines that were joined. Else the first of them says it all. */
  readonly readsAllLines?: boolean;
}

/** A reading of a line of text, whose payload is the line. */
export function readingOf(
  line: string,
  said: Pick<Reading, 'timestamp' | 'severity' | 'tags'> & Partial<Pick<Reading, 'service' | 'host'>>,
): Reading {
  return {
    timestamp: said.timestamp,
    severity: said.severity,
    service: said.service,
    host: said.host,
    payload: line,
    tags: said.tags,
    asMessage: 'no',
  };
}
