import { type ReadonlySignal, signal } from '@preact/signals';
import { type Address, parseAddress, printAddress } from './address-text.ts';

/** The zone of this browser. */
export const BROWSER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

const current = signal(read());

/** What the address bar says; `go` changes it. */
export const address: ReadonlySignal<Address> = current;

addEventListener('popstate', () => {
  current.value = read();
});

/** Goes to another address. `push`: Back leads here again. */
export function go(change: Partial<Address>, how: 'push' | 'replace' = 'push'): void {
  const next = { ...current.peek(), ...change };
  const search = printAddress(next);
  if (search === location.search) return;
  if (how === 'push') history.pushState(null, '', search);
  else history.replaceState(null, '', search);
  current.value = next;
}

function read(): Address {
  return parseAddress(location.search, BROWSER_ZONE);
}
