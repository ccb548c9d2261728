import { address } from '../address.ts';
import { type Address, printAddress } from '../address-text.ts';
import { run } from '../run.ts';
import { absoluteAddress, relativeAddress } from './link-times.ts';
import { span } from './range.ts';

/** The link to this question, asked anew when it is opened. */
export function relativeLink(): string {
  return linkTo(relativeAddress(address.peek()));
}

/** The link to exactly what is asked for now. Undefined: its times can't be read. */
export function absoluteLink(): string | undefined {
  const { since, until } = run.peek();
  const exact = absoluteAddress(address.peek(), { since, until, span: span.peek() }, Date.now());
  return exact && linkTo(exact);
}

function linkTo(target: Address): string {
  return new URL(printAddress(target), location.href).href;
}
