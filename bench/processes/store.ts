import { flushLimits } from '../../src/app/compose.ts';
import { loadSettings } from '../../src/config/settings.ts';
import { systemClock } from '../../src/pipeline/clock.ts';
import { Flusher } from '../../src/pipeline/flusher.ts';
import type { Delivery } from '../../src/pipeline/ports.ts';
import { openStore } from '../../src/store/open.ts';
import { entries, USUAL } from '../messages.ts';
import { SILENT } from '../target.ts';

// Flusher and store alone, as a process: entries that lie ready in memory, in default batches, are written to
// DATABASE_URL. Arguments: how many, the number of the first. Says `ready`, waits for a word, writes, says
// `done`.
const count = Number(process.argv[2]);
const { settings } = loadSettings({ flags: {}, env: process.env, dotenvPath: undefined });
const store = await openStore(settings.database, { log: SILENT, connections: settings.flushesInFlight });
const limits = flushLimits(settings);
const { maxRows, flushesInFlight } = limits;
const start = Number(process.argv[3] ?? 0);
const ready = entries({ ...USUAL, count: start + count }, start);
let next = 0;
let stored = 0;

const flusher = new Flusher({ store, clock: systemClock, log: SILENT }, limits, {
  committed: (_part, result) => {
    stored += result.stored;
  },
  refused: ({ error }) => {
    throw error;
  },
  unwritten: (_deliveries, error) => {
    throw error;
  },
  flushed: () => {
    if (stored === count) process.send?.('done');
    else fill(maxRows);
  },
});

process.once('message', () => {
  fill(maxRows * (flushesInFlight + 2));
});
process.on('disconnect', () => {
  process.exit();
});
process.send?.('ready');

function fill(rows: number): void {
  const end = Math.min(ready.length, next + rows);
  for (; next < end; next += 1) {
    const entry = ready[next];
    if (entry !== undefined) flusher.push(entry, delivery(entry.eventId));
  }
  flusher.pump();
}

function delivery(messageId: string): Delivery {
  const publishTime = { seconds: 0, nanos: 0 };
  const data = new Uint8Array(0);
  return { messageId, publishTime, data, attributes: {}, receivedAtMs: systemClock.now(), bytes: 712 };
}
