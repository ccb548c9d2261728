import type { Damage } from '../../archive/part-reading.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { visible } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { count } from '../output/numbers.ts';

/** Names what of an archive was left out, and throws ARCHIVE if anything was. */
export function requireUndamaged(damages: readonly Damage[], { stderr }: Pick<Context, 'stderr'>): void {
  if (damages.length === 0) return;
  for (const { reason } of damages) stderr.write(`lms: ${visible(reason)}\n`);
  const what =
    damages.length === 1
      ? 'a file is damaged: what it should hold'
      : `${count(damages.length)} files are damaged: what they should hold`;
  throw new LmsError('ARCHIVE', `${what} is not in the answer`);
}
