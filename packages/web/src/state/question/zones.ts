import { address, BROWSER_ZONE, go } from '../address.ts';

/** The zones that are offered: the usual ones first. */
export function zoneNames(): readonly string[] {
  return [...new Set(['UTC', BROWSER_ZONE, ...Intl.supportedValuesOf('timeZone')])];
}

/** Reads and shows times in another zone. What was asked stays the same range, unless it was written without one. */
export function setZone(tz: string): void {
  if (tz !== address.peek().tz) go({ tz });
}
