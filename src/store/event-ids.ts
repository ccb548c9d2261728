/** Both databases read this: the event ids within `boundsOfPrefix`. */
export const EVENT_IDS = 'SELECT event_id FROM service_logs WHERE event_id >= ? AND event_id < ?';

/**
 * The texts between which all that begin with `prefix` lie, by code units: the first belongs to them, the
 * second does not. The prefix is printable ASCII, and not empty.
 */
export function boundsOfPrefix(prefix: string): [string, string] {
  const last = prefix.charCodeAt(prefix.length - 1);
  return [prefix, prefix.slice(0, -1) + String.fromCharCode(last + 1)];
}
