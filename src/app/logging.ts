import { hostname } from 'node:os';
import type { Writable } from 'node:stream';
import pino, { type DestinationStream, type Logger } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Settings } from '../config/settings.ts';
import { visible, visibleLines } from '../text/visible.ts';

/** A stream to write to that may be a terminal. */
export type Output = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** Fields that never show their value, wherever a careless line puts them; a payload only from debug on. */
const HIDDEN = ['password', 'url', 'databaseUrl', 'token'];

/** See `createLog`. */
export interface LogOptions {
  readonly level: Settings['logLevel'];
  /** The command that runs: a field of every line. */
  readonly command: string;
  /** Number of the worker that runs, if there are several: another field of every line. */
  readonly worker?: number;
  /** Where lines go: standard error, so that standard output stays for results. */
  readonly output: Output;
  /** Whether they are coloured on a terminal; so they are if left out. */
  readonly colors?: boolean;
}

/**
 * LMS's own log: one JSON object a line, or readable lines on a terminal. Each line is written before the
 * call returns, so nothing is lost when the process ends. Errors show name, code and message; their stack
 * from debug on.
 */
export function createLog({ level, command, worker, output, colors = true }: LogOptions): Logger {
  const verbose = level === 'debug' || level === 'trace';
  const hidden = verbose ? HIDDEN : [...HIDDEN, 'payload'];
  return pino(
    {
      level,
      base: {
        service: 'lms',
        command,
        ...(worker !== undefined && { worker }),
        pid: process.pid,
        host: hostname(),
      },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: hidden.flatMap((field) => [field, `*.${field}`]), censor: '***' },
      serializers: { err: (error: unknown) => describeError(error, verbose) },
    },
    output.isTTY === true ? readableLines(output, colors) : output,
  );
}

function readableLines(output: Output, colorize: boolean): DestinationStream {
  const format = prettyFactory({
    colorize,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'service,command,pid,host',
    messageFormat: (fields, key) => visible(String(fields[key])),
  });
  return { write: (line) => output.write(visibleBesideColors(format(line))) };
}

/**
 * Colours are the formatter's own: in what it was given, the character that begins them is an escape already.
 */
const COLORS = /(\x1b\[[\d;]*m)/;

function visibleBesideColors(lines: string): string {
  const parts = lines.split(COLORS);
  return parts.map((part, index) => (index % 2 === 0 ? visibleLines(part) : part)).join('');
}

function describeError(error: unknown, withStack: boolean): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  const code = 'code' in error ? { code: error.code } : {};
  return { name, ...code, message, ...(withStack && { stack }) };
}
