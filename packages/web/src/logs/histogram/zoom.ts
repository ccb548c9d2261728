import { address, go } from '../../state/address.ts';
import type { Address } from '../../state/address-text.ts';

type Times = Pick<Address, 'since' | 'until' | 'at' | 'isLive'>;

/** What was looked at before each zoom. */
const before: Times[] = [];

/** Looks at a shorter range; Back, or `zoomOut`, leads to the one before. */
export function zoomTo(range: { readonly since: string; readonly until: string }): void {
  const { since, until, at, isLive } = address.peek();
  before.push({ since, until, at, isLive });
  go({ ...range, at: undefined, isLive: false, entry: undefined });
}

/** Back to what was looked at before the newest zoom. False: there is none. */
export function zoomOut(): boolean {
  let times = before.pop();
  // Back may have led there already.
  while (times !== undefined && isShown(times)) times = before.pop();
  if (times === undefined) return false;
  go(times);
  return true;
}

function isShown({ since, until, at }: Times): boolean {
  const shown = address.peek();
  return since === shown.since && until === shown.until && at === shown.at;
}
