import { Agent, get } from 'node:http';

// Those who have a live tail open, as a process. Arguments: the URL, how many, and expressions that they share out
// among them. Says `ready` once all are live; asked for it, how many entries came, and how old they were.
const [url = '', count, ...expressions] = process.argv.slice(2);
const agent = new Agent({ keepAlive: false, maxSockets: Infinity });
/** In the payload: when it was published, in milliseconds since 1970. */
const SENT = /sent=(\d+)/g;

/** What came since the last question. */
let ages: number[] = [];
let live = 0;

for (let n = 0; n < Number(count); n += 1) open(expressions[n % expressions.length] ?? '');
process.on('message', () => {
  const sorted = ages.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  process.send?.({ entries: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99) });
  ages = [];
});
process.on('disconnect', () => {
  process.exit();
});

function open(expression: string): void {
  const path = new URL(`/api/v1/tail?${new URLSearchParams({ q: expression }).toString()}`, url);
  get(path, { agent }, (response) => {
    if (response.statusCode !== 200) throw new Error(`a tail was answered ${response.statusCode}`);
    let isLive = false;
    response.setEncoding('utf8').on('data', (piece: string) => {
      const nowMs = Date.now();
      for (const [, sentMs] of piece.matchAll(SENT)) ages.push(nowMs - Number(sentMs));
      if (isLive || !piece.includes('event: heartbeat')) return;
      isLive = true;
      live += 1;
      if (live === Number(count)) process.send?.('ready');
    });
  });
}
