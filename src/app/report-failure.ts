import type { Environment } from '../config/sources.ts';
import { LmsError } from '../errors/catalogue.ts';
import { visible, visibleLines } from '../text/visible.ts';
import type { Output } from './logging.ts';

/** Exit status for a bug of ours: EX_SOFTWARE of sysexits.h. */
const BUG_EXIT_STATUS = 70;

/**
 * Says on stderr why the command failed, and returns the exit status. A failure of the catalogue: its lines,
 * what to do, its code. Anything else is a bug: one line of apology, and the stack only where LOG_LEVEL=debug
 * asks for it.
 */
export function reportFailure(
  error: unknown,
  context: { readonly env: Environment; readonly stderr: Output },
): number {
  if (error instanceof LmsError) {
    const lines = error.message.split('\n').map((line) => `lms: ${visible(line)}\n`);
    context.stderr.write(`${lines.join('')}${error.todo} (${error.code})\n`);
    return error.exitStatus;
  }
  const summary = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  context.stderr.write(`lms: sorry, this is a bug in lms: ${visible(summary.replace(/\s*\n\s*/g, ' '))}\n`);
  const { LOG_LEVEL: level } = context.env;
  if (error instanceof Error && (level === 'debug' || level === 'trace')) {
    context.stderr.write(`${visibleLines(error.stack ?? '')}\n`);
  }
  return BUG_EXIT_STATUS;
}
