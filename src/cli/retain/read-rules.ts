import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { LmsError } from '../../errors/catalogue.ts';
import { ruleWarnings } from '../../retention/rule-warnings.ts';
import { requireRules, type Rule } from '../../retention/rules.ts';
import type { Context } from '../context.ts';
import { openInput } from '../input.ts';

const NEVER = new AbortController().signal;

/**
 * The rules of a file, or of standard input for `-`; warns of those that decide nothing. Throws INPUT or RULES, and
 * STOPPED if the signal is aborted before all is read.
 */
export async function readRules(
  file: string,
  context: Context,
  signal: AbortSignal = NEVER,
): Promise<readonly Rule[]> {
  const input = await openInput(file, context);
  const written = await text(Readable.from(input.chunks(signal))).catch((error: unknown) => {
    throw signal.aborted ? new LmsError('STOPPED', 'stopped before the rules were read') : error;
  });
  const rules = requireRules(written.replace(/^\u{feff}/u, ''), file === '-' ? 'standard input' : file);
  for (const warning of ruleWarnings(rules)) context.stderr.write(`lms: warning: ${warning}\n`);
  return rules;
}
