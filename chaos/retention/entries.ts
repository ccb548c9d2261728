import type { LogEntry } from '../../src/logs/entry.ts';
import { SEVERITIES } from '../../src/logs/severity.ts';
import type { Draw } from '../draw.ts';
import { AGES, timeText } from './rules.ts';

const SERVICES = ['alpha', 'Alpha', 'bravo', 'charlie', 'audit', 'größe 😀', 'web-1', 'web-2', 'web'];
const TAGS = [
  null,
  '{"code":200}',
  '{"code":"200","user":{"name":"bob"}}',
  '{"code":500,"user":{"name":"ann"}}',
  '{"code":2000}',
  '{"user":{"name":"bob"}}',
];
const PAYLOADS = [
  'Hello',
  'a needle in a haystack',
  'NEEDLE!',
  'needles are others',
  'connection refused',
  'connection Refused',
];
const SECOND = 1_000_000;
const HOUR = 3_600 * SECOND;
/** Ages that no rule has. What is looked at is looked at minute by minute, so that these are few. */
const OTHER_HOURS = [3, 7, 18, 30, 36, 60, 90, 130, 150, 170, 200, 230, 260, 300, 400, 450, 500, 600, 700];
/** On both sides of what a rule keeps. */
const NEAR = 150 * SECOND;
/** A few times that very many entries share. */
const TIED_HOURS = [30, 130, 200];

/** Entries of all kinds that rules tell apart, of all ages: of now, late, about to come of age, from the future. */
export function drawEntries(
  draw: Draw,
  count: number,
  { prefix, nowMs }: { readonly prefix: string; readonly nowMs: number },
): LogEntry[] {
  return Array.from({ length: count }, (_none, index) => ({
    timestamp: timeText(nowMs * 1_000 - drawAge(draw, nowMs)),
    eventId: `${prefix}-${String(index)}`,
    serviceName: draw.pick(SERVICES),
    severity: draw.pick(SEVERITIES),
    payload: `${draw.pick(PAYLOADS)} ${prefix}-${String(index)}`,
    tags: draw.pick(TAGS),
  }));
}

/** Microseconds. */
function drawAge(draw: Draw, nowMs: number): number {
  const kind = draw.whole(1, 100);
  if (kind <= 25) return draw.whole(0, 3 * SECOND);
  if (kind <= 30) return -draw.whole(0, 48 * HOUR);
  if (kind <= 38) return draw.pick(TIED_HOURS) * HOUR + (nowMs % 60_000) * 1_000;
  if (kind <= 65) return draw.pick(AGES)[1] * HOUR + draw.whole(-NEAR, NEAR);
  return draw.pick(OTHER_HOURS) * HOUR + draw.whole(-NEAR, NEAR);
}
