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
  for (let times = before.pop(); times !== undefined; times = before.pop()) {
    // Back may have led there already.
    if (areShown(times)) continue;
    go({ ...times, entry: undefined });
    return true;
  }
  return false;
}

function areShown({ since, until }: Times): boolean {
  const shown = address.peek();
  return shown.since === since && shown.until === until;
}
