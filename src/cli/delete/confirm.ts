import { createInterface } from 'node:readline';
import type { Context } from '../context.ts';

/** Whether there is somebody to ask: one who sees the question and whose answer can be read. */
export function canAsk({ stdin, stderr }: Pick<Context, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** Asks a question on the terminal. Anything but a yes is a no, and so is no answer at all. */
export async function confirm(
  question: string,
  { stdin, stderr }: Pick<Context, 'stdin' | 'stderr'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (signal.aborted) return false;
  stderr.write(`${question} [y/N] `);
  // Not as a terminal: that would take Ctrl-C for a key.
  const lines = createInterface({ input: stdin, terminal: false, signal });
  for await (const line of lines) return /^y(es)?$/i.test(line.trim());
  stderr.write('\n');
  return false;
}
