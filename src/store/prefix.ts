/** The least text that comes after every text with this prefix, by code units. The prefix is printable ASCII, and not empty. */
export function endOfPrefix(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}
