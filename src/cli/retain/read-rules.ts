import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ruleWarnings } from '../../retention/rule-warnings.ts';
import { requireRules, type Rule } from '../../retention/rules.ts';
import type { Context } from '../context.ts';
import { openInput } from '../input.ts';

/** The rules of a file, or of standard input for `-`; warns of those that decide nothing. Throws INPUT or RULES. */
export async function readRules(file: string, context: Context): Promise<readonly Rule[]> {
  const input = await openInput(file, context);
  const written = await text(Readable.from(input.chunks(new AbortController().signal)));
  const rules = requireRules(written.replace(/^\u{feff}/u, ''), file === '-' ? 'standard input' : file);
  for (const warning of ruleWarnings(rules)) context.stderr.write(`lms: warning: ${warning}\n`);
  return rules;
}
