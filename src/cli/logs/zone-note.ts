import { isZone } from '../../query/times.ts';
import { machineZone } from '../../query/zone-clock.ts';
import { visible } from '../../text/visible.ts';
import type { Context } from '../context.ts';

/** Tells a person which zone is taken, if none is asked for by --tz and what TZ says is none: `UTC+3`. */
export function noteZone(tz: string | undefined, { env, stderr }: Pick<Context, 'env' | 'stderr'>): void {
  const { TZ: named = '' } = env;
  if (tz !== undefined || stderr.isTTY !== true || named === '' || isZone(named.replace(/^:/, ''))) return;
  stderr.write(
    `lms: TZ=${visible(named)} is no zone such as Europe/Berlin: times are in ${machineZone()}; --tz says otherwise\n`,
  );
}
