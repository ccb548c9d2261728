import type { NewEntry } from '../../packages/client/src/types.ts';

/*
 * What the services of a shop log within an hour: visitors, orders, and a deploy in the middle of it that breaks
 * the payments until it is taken back. The same for the same end.
 */

/** The order whose payment failed, as somebody who was called about it knows it. */
export const LOST_ORDER = 'ord-7f3a91';

const MINUTE_MS = 60_000;
const MINUTES = 60;
/** The broken release is there from this minute on, and up to that one. */
const [DEPLOY, ROLLBACK] = [38, 45];
const PATHS = ['/', '/cart', '/checkout', '/search?q=lamp', '/item/1204', '/item/88'];
const USERS = ['ada', 'grace', 'linus', 'margaret', 'alan', 'barbara'];

const STACK = `PaymentError: the ledger answered 503 for ${LOST_ORDER}
    at Ledger.post (/srv/payments/ledger.js:42:11)
    at async Payments.charge (/srv/payments/charge.js:118:5)
    at async handle (/srv/payments/server.js:77:9)
Caused by: Error: connect ECONNREFUSED 10.4.0.17:9443
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)`;

/** An hour of the shop, the oldest first. */
export function shopEntries(endMs: number): NewEntry[] {
  const beginMs = endMs - MINUTES * MINUTE_MS;
  const entries: NewEntry[] = [];
  for (let minute = 0; minute < MINUTES; minute += 1) {
    const startMs = beginMs + minute * MINUTE_MS;
    const isBroken = minute >= DEPLOY && minute < ROLLBACK;
    const visits = 20 + Math.round(10 * Math.sin(minute / 8));
    for (let visit = 0; visit < visits; visit += 1) {
      const atMs = startMs + Math.floor((visit * MINUTE_MS) / visits);
      entries.push(...visitEntries(minute * 100 + visit, atMs, isBroken));
    }
    if (minute === DEPLOY || minute === ROLLBACK) entries.push(deployEntry(startMs, minute === ROLLBACK));
    if (minute === DEPLOY + 2) entries.push(...lostOrderEntries(startMs));
  }
  return entries;
}

/** A visitor asks for a page; every fifth one orders. */
function visitEntries(number: number, atMs: number, isBroken: boolean): NewEntry[] {
  const user = USERS[number % USERS.length] ?? '';
  const isOrder = number % 5 === 0;
  const path = isOrder ? '/checkout' : (PATHS[number % PATHS.length] ?? '/');
  const code = isOrder && isBroken && number % 2 === 0 ? 502 : 200;
  const duration = 12 + ((number * 37) % 90);
  const method = isOrder ? 'POST' : 'GET';
  const tags = { method, path, code, user, duration_ms: duration, trace_id: traceOf(number) };
  const level = code >= 500 ? 'error' : duration > 95 ? 'warn' : 'info';
  const line = `${method} ${path} ${code} ${duration} ms`;
  const visit = entryOf('web', level, line, { atMs, id: `web-${number}`, tags });
  if (!isOrder) return [visit];
  return [visit, orderEntry(number, atMs + 9, { user, isFailed: code >= 500 })];
}

function orderEntry(
  number: number,
  atMs: number,
  { user, isFailed }: { readonly user: string; readonly isFailed: boolean },
): NewEntry {
  const order = `ord-${(number * 7919).toString(16).padStart(6, '0')}`;
  const amount = ((number * 1_313) % 20_000) / 100;
  const text = JSON.stringify({ msg: isFailed ? 'payment declined' : 'order placed', order, amount });
  const tags = { order, user, trace_id: traceOf(number) };
  return entryOf('checkout', isFailed ? 'error' : 'info', text, { atMs, id: `checkout-${number}`, tags });
}

function deployEntry(atMs: number, isRollback: boolean): NewEntry {
  const text = isRollback
    ? '\u001b[32mrolled back\u001b[0m payments to 4.11.2'
    : 'deployed payments \u001b[1m4.12.0\u001b[0m';
  return entryOf('deploy', 'warn', text, { atMs, id: `deploy-${atMs}`, tags: { service: 'payments' } });
}

/** What led to the failure of one order. */
function lostOrderEntries(startMs: number): NewEntry[] {
  const tags = { order: LOST_ORDER, user: 'grace', trace_id: traceOf(4_711) };
  const steps: [string, string, string][] = [
    ['checkout', 'info', `cart of grace becomes ${LOST_ORDER}`],
    ['payments', 'debug', `charging ${LOST_ORDER}: 3 attempts, 500 ms each`],
    ['payments', 'warn', `ledger does not answer for ${LOST_ORDER}, attempt 3 of 3`],
    ['payments', 'error', STACK],
  ];
  return steps.map(([service, severity, text], index) =>
    entryOf(service, severity, text, { atMs: startMs + 100 + index * 40, id: `lost-${index}`, tags }),
  );
}

function entryOf(
  service: string,
  severity: string,
  payload: string,
  {
    atMs,
    id,
    tags,
  }: { readonly atMs: number; readonly id: string; readonly tags: Readonly<Record<string, unknown>> },
): NewEntry {
  return { service_name: service, severity, payload, timestamp: new Date(atMs), event_id: id, tags };
}

function traceOf(number: number): string {
  return (number * 2_654_435_761).toString(16).padStart(32, 'a').slice(0, 32);
}
