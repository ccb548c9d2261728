import { type ReadonlySignal, signal } from '@preact/signals';
import { address, go } from '../address.ts';

const focused = signal<string | undefined>(undefined);

/** The line that keys move from, by its id: it stays the same one whatever comes around it. */
export const focusedLine: ReadonlySignal<string | undefined> = focused;

/** Makes a line the one that keys move from. */
export function focusLine(id: string | undefined): void {
  focused.value = id;
}

/** Opens a line in place, or closes it; the address says which is open. */
export function toggleLine(id: string): void {
  focused.value = id;
  go({ entry: address.peek().entry === id ? undefined : id }, 'replace');
}

/** Closes what is open. False: nothing was. */
export function closeLine(): boolean {
  if (address.peek().entry === undefined) return false;
  go({ entry: undefined }, 'replace');
  return true;
}
