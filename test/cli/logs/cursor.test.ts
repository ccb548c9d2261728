import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filterHash, parseCursor, printCursor } from '../../../src/query/answers/cursor.ts';
import { isMistake } from '../../../src/query/mistake.ts';
import { parseFilter } from '../../../src/query/parse.ts';
import { lms } from '../lms.ts';
import { entriesOf, type ScratchDatabase, scratchDatabase } from '../scratch-database.ts';

const NEXT = /^lms: next: --cursor ([\w-]+)$/m;
const NOW_MS = Date.parse('2026-11-25T13:00:00Z');
const HOUR_MS = 3_600_000;

let database: ScratchDatabase;

beforeAll(async () => {
  database = scratchDatabase();
  await database.write([...entriesOf('alpha', 'info', 60), ...entriesOf('bravo', 'error', 60)]);
});
afterAll(() => database[Symbol.dispose]());

async function logs(...args: readonly string[]) {
  const all = ['logs', '--database-url', database.url, '--tz', 'UTC', '--fields', 'event_id', ...args];
  const outcome = await lms(all);
  const ids = outcome.stdout.split('\n').filter((line) => line !== '');
  return { ...outcome, ids, next: NEXT.exec(outcome.stderr)?.[1] };
}

function hashOf(expression: string, nowMs = NOW_MS): string {
  const filter = parseFilter(expression, { nowMs, zone: 'UTC' });
  if (isMistake(filter)) throw new Error(expression);
  return filterHash(filter);
}

function alpha(...numbers: readonly number[]): string[] {
  return numbers.map((number) => `alpha-info-${String(number)}`);
}

describe('lms logs --cursor', () => {
  it('goes on with the lines before, oldest first or newest first', async () => {
    const first = await logs('service:alpha', '-n', '2', '--show-cursor');
    expect(first.ids).toEqual(alpha(58, 59));
    expect(first.stderr).toMatch(/^lms: next: --cursor [\w-]+\n$/);
    const second = await logs('service:alpha', '-n', '3', '--show-cursor', '--cursor', first.next ?? '');
    expect(second.ids).toEqual(alpha(55, 56, 57));
    const third = await logs('service:alpha', '-n', '2', '--reverse', '--cursor', second.next ?? '');
    expect(third).toMatchObject({ ids: alpha(54, 53), stderr: '' });
  });

  it('says nothing where nothing more comes', async () => {
    const all = await logs('service:alpha', '-n', '100', '--show-cursor');
    expect(all).toMatchObject({ status: 0, stderr: '' });
    expect(all.ids).toHaveLength(60);
  });

  it('instead of the note that there is more, and that note is not of a later page', async () => {
    const { stderr, next = '' } = await logs('--show-cursor');
    expect(stderr).toMatch(/^lms: next: .*\n$/);
    expect(await logs('--cursor', next)).toMatchObject({ status: 0, stderr: '' });
  });

  it('measures times from the moment of the first page', async () => {
    const hash = hashOf('time>=-30m', NOW_MS);
    const cursor = (nowMs: number, filter: string) =>
      printCursor({ stretch: { order: 'newest' }, nowMs, filterHash: filter });
    const given = (text: string, ...more: string[]) => logs('time>=-30m', '--cursor', text, ...more);
    // An hour after noon nothing is so new; half an hour after it all of it is.
    expect(await given(cursor(NOW_MS, hash))).toMatchObject({ status: 1, stderr: '' });
    const earlier = NOW_MS - HOUR_MS / 2;
    const found = await given(cursor(earlier, hashOf('time>=-30m', earlier)), '-n', '1', '--show-cursor');
    expect(found.status).toBe(0);
    expect(parseCursor(found.next ?? '')?.nowMs).toBe(earlier);
    expect(await given(cursor(earlier, hash))).toMatchObject({ status: 2 });
  });

  it('is refused with another expression, time or zone, when it is damaged, or of another order', async () => {
    const { next = '' } = await logs(
      'service:alpha',
      '--since',
      '2026-11-25 12:00',
      '-n',
      '2',
      '--show-cursor',
    );
    const question = ['service:alpha', '--since', '2026-11-25 12:00'];
    expect(await logs(...question, '--cursor', next)).toMatchObject({ status: 0 });
    const oldest = {
      stretch: { order: 'oldest' },
      nowMs: NOW_MS,
      filterHash: hashOf('service:alpha'),
    } as const;
    for (const args of [
      ['service:bravo', '--since', '2026-11-25 12:00', '--cursor', next],
      ['service:alpha', '--cursor', next],
      ['service:alpha', '--since', '2026-11-25 12:01', '--cursor', next],
      [...question, '--tz', 'Asia/Kolkata', '--cursor', next],
      [...question, '--cursor', next.slice(0, -3)],
      [...question, '--cursor', ''],
      [...question, '--cursor', "'; DROP TABLE service_logs; --"],
      ['service:alpha', '--cursor', printCursor(oldest)],
    ]) {
      const { status, stdout, stderr } = await logs(...args);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^lms: --cursor: .*\n.*begin anew without --cursor\. \(CURSOR\)\n$/);
    }
  });

  it.each([
    ['--around', '12:00'],
    ['-C', '2'],
    ['--histogram'],
    ['--count'],
    ['--values', 'service'],
    ['-n', 'all'],
  ])('is no option of %j', async (...other) => {
    for (const cursor of [['--show-cursor'], ['--cursor', 'x']])
      expect(await logs(...cursor, ...other)).toMatchObject({ status: 2, stdout: '' });
  });

  it('forged, reaches no entry that the expression does not match, and throws nothing', async () => {
    const expression = 'service:alpha time<"2026-11-25T12:00:30Z"';
    const matching = new Set(Array.from({ length: 30 }, (_none, n) => `alpha-info-${String(n)}`));
    const second = fc
      .integer({ min: -5, max: 65 })
      .map((n) => new Date(Date.parse('2026-11-25T12:00:00Z') + n * 1_000).toISOString())
      .map((iso) => `${iso.slice(0, 23).replace('T', ' ')}000`);
    const time = fc.option(fc.oneof(second, fc.constant('9999-12-31 23:59:59.999999')), { nil: undefined });
    const eventId = fc.constantFrom('', '~', "'OR'1'='1", 'alpha-info-7', 'bravo-error-7');
    const after = fc.option(fc.record({ timestamp: second, eventId }), { nil: undefined });
    const stretch = fc.record({ order: fc.constant('newest' as const), from: time, to: time, after });
    await fc.assert(
      fc.asyncProperty(stretch, async (forged) => {
        const cursor = printCursor({ stretch: forged, nowMs: NOW_MS, filterHash: hashOf(expression) });
        const { status, ids, stderr } = await logs(expression, '--cursor', cursor);
        expect(stderr).toBe('');
        expect(status).toBe(ids.length > 0 ? 0 : 1);
        expect(ids.filter((id) => !matching.has(id))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
