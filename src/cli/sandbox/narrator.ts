import { stripVTControlCharacters, styleText } from 'node:util';
import type { Log } from '../../pipeline/ports.ts';
import { visible } from '../../text/visible.ts';
import type { Output } from '../../app/logging.ts';
import { count, seconds } from '../output/numbers.ts';

/** Who speaks in a demonstration. */
export type Role = 'sim' | 'mon';

const COLORS = { sim: 'cyan', mon: 'green' } as const;

/** Tells what the parts of a demonstration do, a line each with the time since the start. */
export class Narrator {
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

  /** The worker's log as narration: every line from info on. */
  log(role: Role): Log {
    const say = (fields: object, message: string) => {
      this.say(role, narrated(fields, message));
    };
    return { debug: () => undefined, info: say, warn: say, error: say };
  }
}

/** A log line as a sentence: the fields behind the message, a flush in words. */
function narrated(fields: object, message: string): string {
  if (message === 'flushed' && 'rows' in fields && 'reason' in fields && 'ms' in fields) {
    return `flushed ${count(Number(fields.rows))} rows in ${String(fields.ms)} ms (${String(fields.reason)})`;
  }
  const values = Object.entries(fields).map(([name, value]) => `${name} ${String(value)}`);
  return values.length === 0 ? message : `${message} (${values.join(', ')})`;
}
