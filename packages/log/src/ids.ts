import { randomBytes } from 'node:crypto';

/** Enough for 36^9 entries of a process. */
const DIGITS = 9;

/**
 * Makes ids of entries: each is unique, and they sort in the order in which they were made, for entries of one
 * time are shown in the order of their ids. At most 26 characters.
 */
export function idSequence(instance = randomBytes(12).toString('base64url')): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `${count.toString(36).padStart(DIGITS, '0')}-${instance}`;
  };
}
