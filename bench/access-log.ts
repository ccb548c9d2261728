import type { LogEntry } from '../src/logs/entry.ts';

/**
 * Lines of five web servers as a web server logs them, in the order of time at equal distances: what reading is
 * measured with. The same numbers are the same entries.
 */

/** Rows of a day. */
export const ROWS_A_DAY = 150_000;
/** When the first one was, in milliseconds since 1970. */
const FIRST_MS = Date.UTC(2025, 0, 1);
export const WEB_SERVERS = ['web0', 'web1', 'web2', 'web3', 'web4'];

const STEP_MICROS = 86_400_000_000 / ROWS_A_DAY;
/** How many there are: `user0` and so on. */
export const USERS = 5_000;
const PATHS = ['/api/user', '/api/help', '/report'];
const PHOTOS = 2_000;
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** When a day of these begins, as a column holds it: the first is day 0. */
export function midnight(day: number): string {
  return columnTime(day * ROWS_A_DAY);
}

/** Entries from number `start` on. */
export function accessLog(start: number, count: number): LogEntry[] {
  return Array.from({ length: count }, (_none, index) => accessEntry(start + index));
}

/** Entry of this number. */
export function accessEntry(seq: number): LogEntry {
  const draw = drawer(seq);
  const user = `user${String(draw(USERS))}`;
  const ip = [10, draw(256), draw(256), draw(256)].join('.');
  const method = METHODS[Math.max(0, draw(10) - 6)] ?? 'GET';
  const path = PATHS[draw(PATHS.length + PHOTOS)] ?? `/photos/${String(draw(PHOTOS))}`;
  const code = [500, 404, 301][draw(20)] ?? 200;
  const bytes = draw(20_000);
  const id = [draw(2 ** 32), draw(2 ** 32)].map((half) => half.toString(16).padStart(8, '0')).join('');
  return {
    timestamp: columnTime(seq),
    eventId: `access-${String(seq)}`,
    serviceName: WEB_SERVERS[seq % WEB_SERVERS.length] ?? '',
    severity: code === 500 ? 'error' : 'info',
    payload: `${ip} - ${user} "${method} ${path} HTTP/1.1" ${String(code)} ${String(bytes)} rid=${id}`,
    tags: JSON.stringify({ code, method, user, path, ip, bytes }),
  };
}

/** As a column holds it. */
function columnTime(seq: number): string {
  const micros = Math.round(seq * STEP_MICROS);
  const text = new Date(FIRST_MS + Math.floor(micros / 1_000)).toISOString();
  return `${text.slice(0, 23).replace('T', ' ')}${String(micros % 1_000).padStart(3, '0')}`;
}

/** Draws whole numbers below a limit, always the same ones for the same entry (mulberry32). */
function drawer(seq: number): (limit: number) => number {
  let state = Math.imul(seq + 1, 0x9e3779b1);
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
