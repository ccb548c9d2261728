import { stripVTControlCharacters, styleText } from 'node:util';
import type { Output } from '../../app/logging.ts';
import type { FlushReason } from '../../pipeline/buffer.ts';
import type { Log } from '../../pipeline/ports.ts';
import type { WorkerEvents } from '../../pipeline/status.ts';
import { visible } from '../../text/visible.ts';
import { count, seconds } from '../output/numbers.ts';

/** Who speaks in a demonstration. */
export type Role = 'sim' | 'mon';

const COLORS = { sim: 'cyan', mon: 'green' } as const;

/** Tells what the parts of a demonstration do, a line each with the time since the start. */
export class Narrator implements WorkerEvents {
  readonly #output: Output;
  readonly #print: (lines: string) => void;
  readonly #startMs = performance.now();

  /** `print` writes whole lines to `output`, around whatever else is drawn there. */
  constructor(output: Output, print: (lines: string) => void) {
    this.#output = output;
    this.#print = print;
  }

  say(role: Role, text: string): void {
    const time = seconds(performance.now() - this.#startMs).padStart(8);
    const name = styleText(COLORS[role], role);
    const line = `${time}  ${name}  ${visible(text)}\n`;
    this.#print(this.#output.isTTY === true ? line : stripVTControlCharacters(line));
  }

  /** A worker's flush, in words. */
  flushed(reason: FlushReason, rows: number, tookMs: number): void {
    const unit = rows === 1 ? 'row' : 'rows';
    this.say('mon', `flushed ${count(rows)} ${unit} in ${count(Math.round(tookMs))} ms (${reason})`);
  }

  /** A failed write is in the log, if it lasts. */
  writeFailed(): void {
    // Nothing to tell.
  }

  /** The worker's log as narration: warnings and errors, since the rest is told by its events. */
  log(role: Role): Log {
    const say = (fields: object, message: string) => {
      this.say(role, narrated(fields, message));
    };
    const skip = () => undefined;
    return { debug: skip, info: skip, warn: say, error: say };
  }
}

/** A log line as a sentence: the fields behind the message. */
function narrated(fields: object, message: string): string {
  const values = Object.entries(fields).map(([name, value]) => `${name} ${String(value)}`);
  return values.length === 0 ? message : `${message} (${values.join(', ')})`;
}
