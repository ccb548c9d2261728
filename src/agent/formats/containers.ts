import { isJsonObject } from '../../logs/json.ts';
import { readTime } from '../../logs/time-value.ts';

/** The forms that container runtimes put around what a program writes, by the names that `--format` takes. */
export const WRAPPING_NAMES = ['docker', 'cri'] as const;

/** The name of a wrapping. */
export type WrappingName = (typeof WRAPPING_NAMES)[number];

/** What a program in a container wrote. */
export interface Unwrapped {
  /** Its line, or a part of it, without the line's end. */
  readonly text: string;
  /** Whether the rest of the line follows, in the next one of the same stream. */
  readonly isPartial: boolean;
  /** `stdout` or `stderr`. */
  readonly stream: string;
  /** When it was written: in UTC, as a column holds it. */
  readonly timestamp: string;
  /** The time as it is spelled, if a column holds less of it. */
  readonly exact: string | undefined;
}

/** A form of lines around lines. */
export interface Wrapping {
  readonly name: WrappingName;
  /** What is inside; undefined if the line is not of this form. Never throws. */
  open(line: string): Unwrapped | undefined;
}

/** Docker's json-file driver: `{"log":"hello\n","stream":"stdout","time":"2026-11-05T13:45:00.123456789Z"}`. */
const docker: Wrapping = {
  name: 'docker',
  open(line) {
    const record = line.startsWith('{"') && line.includes('"log":') ? parsed(line) : undefined;
    if (!isJsonObject(record)) return undefined;
    const { log, stream, time } = record;
    if (typeof log !== 'string' || typeof time !== 'string') return undefined;
    if (stream !== 'stdout' && stream !== 'stderr') return undefined;
    const isWhole = log.endsWith('\n');
    const text = isWhole ? log.slice(0, log.endsWith('\r\n') ? -2 : -1) : log;
    return unwrapped({ text: text.toWellFormed(), isPartial: !isWhole, stream, time });
  },
};

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Time, stream, and marks of which the first says whether the line is whole: `F`, or `P` if not. */
const CRI =
  /^(\d{4}-\d\d-\d\dT[\d:.]{8,24}(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([PF])(?::[\w:.-]{0,100})?(?: |$)/;
const CRI_HEAD_UNITS = 200;

/** CRI's log files, of containerd and CRI-O: `2026-11-05T13:45:00.123456789Z stdout F hello`. */
const cri: Wrapping = {
  name: 'cri',
  open(line) {
    const [head, time = '', stream = '', mark] = CRI.exec(line.slice(0, CRI_HEAD_UNITS)) ?? [];
    if (head === undefined) return undefined;
    return unwrapped({ text: line.slice(head.length), isPartial: mark === 'P', stream, time });
  },
};

/** All of them. No line is of two. */
export const WRAPPINGS: readonly Wrapping[] = [docker, cri];

function unwrapped({
  time,
  ...line
}: Pick<Unwrapped, 'text' | 'isPartial' | 'stream'> & { readonly time: string }): Unwrapped | undefined {
  const value = readTime(time);
  if (value === null) return undefined;
  return { ...line, timestamp: value.timestamp, exact: value.finer === '' ? undefined : time };
}
