import { randomBytes } from 'node:crypto';

/** A name that no other test uses: for topics, subscriptions and services on servers that all tests share. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}
