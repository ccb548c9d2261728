import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/settings.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { lms } from '../cli/lms.ts';
import { scratchDatabase } from '../cli/scratch-database.ts';
import { freshDatabase } from '../support/database.ts';
import { interruptedLms } from '../support/interrupted-lms.ts';
import { RecordingLog } from '../support/recording-log.ts';

const TOTAL = 1_000;
const PAGE = 7;
const NEXT = /^lms: next: --cursor ([\w-]+)$/m;
const MICROSECONDS = 3;

/** Of a few microseconds, in an order of ids that is not the one of numbers. */
function numbered(n: number, kind: string): LogEntry {
  return {
    timestamp: `2026-11-25 12:00:00.00000${String(n % MICROSECONDS)}`,
    eventId: `${String((n * 7_919) % 10_007).padStart(5, '0')}-${kind}`,
    serviceName: 'alpha',
    severity: 'info',
    payload: 'one of many',
    tags: null,
  };
}

function idsOf(stdout: string): string[] {
  return stdout.split('\n').filter((line) => line !== '');
}

describe.each(['MySQL', 'SQLite'])('cursors of lms logs on %s', (kind) => {
  let url = '';
  let drop: () => Promise<void> | void;
  let store: Store;
  const stayed = Array.from({ length: TOTAL }, (_none, n) => numbered(n, 'stayed'));
  const gone = Array.from({ length: 200 }, (_none, n) => numbered(5 * n, 'gone'));
  const come = Array.from({ length: 200 }, (_none, n) => numbered(5 * n + 2, 'come'));

  beforeEach(async () => {
    if (kind === 'MySQL') {
      const database = await freshDatabase();
      [url, drop] = [database.url, () => database.drop()];
    } else {
      const database = scratchDatabase();
      [url, drop] = [database.url, () => database[Symbol.dispose]()];
    }
    const { settings } = loadSettings({ flags: {}, env: { DATABASE_URL: url }, dotenvPath: undefined });
    store = await openStore(settings.database, { log: new RecordingLog() });
    await store.migrate();
    await store.write([...stayed, ...gone]);
  });
  afterEach(async () => {
    await store.close();
    await drop();
  });

  it.each([[['--reverse']], [[]]])(
    'page through entries of the same time, what stayed once, while others come and go (%j)',
    async (args) => {
      const found: string[] = [];
      let cursor: string | undefined;
      for (let page = 0; page === 0 || cursor !== undefined; page += 1) {
        const { stdout, stderr } = await lms(
          ['logs', 'many', '-n', String(PAGE), '--show-cursor', '--fields', 'event_id', ...args].concat(
            cursor === undefined ? [] : ['--cursor', cursor],
          ),
          { DATABASE_URL: url },
        );
        const ids = idsOf(stdout);
        expect(ids.length).toBeLessThanOrEqual(PAGE);
        found.push(...(args.length > 0 ? ids : ids.toReversed()));
        cursor = NEXT.exec(stderr)?.[1];
        await store.write(come.slice(2 * page, 2 * page + 2));
        await store.deleteEntries(gone.slice(2 * page, 2 * page + 2));
      }
      expect(new Set(found).size).toBe(found.length);
      const newestFirst = stayed.toSorted((one, other) =>
        `${one.timestamp} ${one.eventId}` < `${other.timestamp} ${other.eventId}` ? 1 : -1,
      );
      expect(found.filter((id) => id.endsWith('-stayed'))).toEqual(newestFirst.map(({ eventId }) => eventId));
      expect(found.some((id) => id.endsWith('-come'))).toBe(true);
      expect(found.filter((id) => id.endsWith('-gone')).length).toBeLessThan(gone.length);
    },
  );

  it('go on from where Ctrl-C stopped a search', async () => {
    // Each page of the search looks at a thousand rows; what is printed waits for somebody who reads.
    const text = 'x'.repeat(1_000);
    const many = Array.from({ length: 4_000 }, (_none, n) => ({
      ...numbered(n, 'long'),
      timestamp: `2026-11-25 13:00:00.${String(n).padStart(6, '0')}`,
      payload: text,
    }));
    for (let start = 0; start < many.length; start += 1_000)
      await store.write(many.slice(start, start + 1_000));
    const args = ['logs', text, '--reverse', '-n', '4000', '--show-cursor', '--tz', 'UTC'];
    const { status, stdout, stderr } = await interruptedLms([...args, '--json'], { DATABASE_URL: url });
    expect(status).toBe(130);
    expect(stderr).toMatch(
      /^lms: next: --cursor [\w-]+\nlms: stopped before the end: searched back to .*\n.*\(STOPPED\)\n$/,
    );
    const first = idsOf(stdout).map((line) => (JSON.parse(line) as { event_id: string }).event_id);
    expect(first.length).toBeLessThan(many.length);
    const rest = await lms([...args, '--fields', 'event_id', '--cursor', NEXT.exec(stderr)?.[1] ?? ''], {
      DATABASE_URL: url,
    });
    expect([...first, ...idsOf(rest.stdout)]).toEqual(many.map(({ eventId }) => eventId).toReversed());
  });
});
