import * as z from 'zod';
import type { Filter } from '../query/filter.ts';
import { excerpt, isMistake, type Mistake } from '../query/mistake.ts';
import { readDiscard } from '../screening/discard.ts';
import { readRules } from '../screening/read-rules.ts';
import type { RedactionRule } from '../screening/rules.ts';

/** Entries that are not to be kept: an expression without times. */
export function discardFilter() {
  return z.string().transform((text, context): Filter => {
    const filter = readDiscard(text);
    if (!isMistake(filter)) return filter;
    refuse(context, text, filter);
    return z.NEVER;
  });
}

/** What is replaced before anything is kept: all that is wrong is said at once. */
export function redactionRules() {
  return z.string().transform((text, context): readonly RedactionRule[] => {
    const read = readRules(text);
    if (read.kind === 'rules') return read.rules;
    for (const mistake of read.mistakes) refuse(context, text, mistake);
    return z.NEVER;
  });
}

function refuse(context: z.RefinementCtx, text: string, { message, at, length, expected }: Mistake): void {
  const wrong = text.slice(at, at + length);
  const place =
    wrong === '' ? `at its end, behind \`${excerpt(text.slice(0, at))}\`` : `at \`${excerpt(wrong)}\``;
  const reason = `cannot be read ${place} (character ${at + 1}): ${message} Expected ${expected}`;
  context.addIssue({ code: 'custom', message: reason });
}
