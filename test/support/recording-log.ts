import type { Log } from '../../src/pipeline/ports.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A log that keeps its lines for a test to look at. */
export class RecordingLog implements Log {
  readonly lines: LogLine[] = [];

  debug(fields: object, message: string): void {
    this.#add('debug', fields, message);
  }

  info(fields: object, message: string): void {
    this.#add('info', fields, message);
  }

  warn(fields: object, message: string): void {
    this.#add('warn', fields, message);
  }

  error(fields: object, message: string): void {
    this.#add('error', fields, message);
  }

  /** The lines that an operator sees: debug left out. */
  get told(): LogLine[] {
    return this.lines.filter(({ level }) => level !== 'debug');
  }

  #add(level: LogLine['level'], fields: object, message: string): void {
    this.lines.push({ level, message, fields: { ...fields } });
  }
}
