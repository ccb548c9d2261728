import type { TailEntry } from '../../../../client/src/types.ts';
import type { Address } from '../../state/address-text.ts';
import { printAddress } from '../../state/address-text.ts';
import type { Run } from '../../state/run.ts';

/** An entry on a line, as `lms logs` prints it. */
export function textOfEntry({ timestamp, severity, service_name: service, payload }: TailEntry): string {
  return `${timestamp} ${severity} ${service} ${payload}`;
}

/** An address of the page that opens an entry as it is seen now, wherever and whenever it is followed. */
export function permalink(
  base: string,
  address: Address,
  { since, until }: Pick<Run, 'since' | 'until'>,
  entry: string,
): string {
  const times = { since: absolute(since), until: absolute(until) };
  const seen: Address = { ...address, ...times, at: undefined, isLive: false, entry };
  return new URL(`./${printAddress(seen)}`, base).href;
}

/** A time that means another one tomorrow stands in no link: the entry is found without it. */
function absolute(time: string | undefined): string | undefined {
  return time !== undefined && /^\d{4}-/.test(time) ? time : undefined;
}
