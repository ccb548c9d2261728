import { describe, expect, it } from 'vitest';
import { LmsProblem } from '../../../packages/client/src/problem.ts';
import type { EntriesPage, Entry, PageQuestion, TailEntry } from '../../../packages/client/src/types.ts';
import { LeaseElection } from '../../../packages/web/src/live/election.ts';
import { selectionOf, unionOf } from '../../../packages/web/src/live/filter.ts';
import { curlCommand, pubCommand } from '../../../packages/web/src/live/first-line.ts';
import type { LiveNote } from '../../../packages/web/src/live/messages.ts';
import { stillShown, withNote } from '../../../packages/web/src/live/notes.ts';
import { poll } from '../../../packages/web/src/live/polling.ts';
import { earliestOf, placeAt, streamKey } from '../../../packages/web/src/live/question.ts';
import { refusalOf } from '../../../packages/web/src/live/refusal.ts';
import { selectionFor } from '../../../packages/web/src/live/selection.ts';
import { FakeClock, settled } from '../../support/fake-clock.ts';

const NOON_MS = Date.parse('2026-11-30T12:00:00Z');

function question(q: string, since?: string) {
  return { q, tz: 'UTC', since, atMs: NOON_MS };
}

function entry(n: number, fields: Partial<Entry> = {}): Entry {
  const timestamp = `2026-11-30T12:00:00.${String(n).padStart(6, '0')}Z`;
  return {
    ...{ id: `id-${n}`, event_id: `e-${n}`, service_name: 'cart', severity: 'info', payload: `line ${n}` },
    ...{ timestamp, created_at: timestamp, ...fields },
  };
}

describe('what several tabs ask together', () => {
  it.each([
    [['a OR b', 'c d'], 'a OR b OR c d'],
    [['a b', '(c OR d) e'], 'a b OR (c OR d) e'],
    [['a', ''], ''],
    [['a', ' * '], ''],
    [['service:cart', 'service:shop'], 'service:(cart OR shop)'],
    [['a', '"not closed'], 'a'],
    [['(', ')'], undefined],
    [['time>=-1h', 'b'], 'time>=2026-11-30T11:00:00Z OR b'],
    [['a', `"${'x'.repeat(4_000)}"`, `"${'y'.repeat(4_000)}"`], ''],
  ])('%j is %j', (expressions, union) => {
    expect(unionOf(expressions.map((q) => question(q)))).toBe(union);
  });

  it('is told apart by what each asks', async () => {
    const [old, late] = [entry(1, { tags: { user: 'mia' } }), entry(900)];
    expect(selectionOf(question('user:mia'))(old)).toBe(true);
    expect(selectionOf(question('user:mia'))(late)).toBe(false);
    expect(selectionOf(question('('))(old)).toBe(false);
    const since = '2026-11-30T12:00:00.000500Z';
    for (const only of [streamKey(question('')), undefined]) {
      const isMine = await selectionFor(question('', since), only);
      expect([old, late].filter(isMine)).toEqual([late]);
    }
    const isMine = await selectionFor(question('user:x', '12:01'), streamKey(question('user:x')));
    expect([old, late].filter(isMine)).toEqual([]);
  });
});

it('the earliest place is that of the earliest moment', () => {
  const places = [NOON_MS, NOON_MS - 5, NOON_MS + 1].map(placeAt);
  expect(earliestOf(places)).toBe(places[1]);
});

describe('notes', () => {
  const note = (kind: LiveNote['kind'], from: number, to: number, count = 0): LiveNote => {
    const at = (second: number) => `2026-11-30T12:00:${String(second).padStart(2, '0')}.000000Z`;
    return { kind, from: at(from), to: at(to), count };
  };

  it('gaps that meet are filled as one, and that is shown for a while', () => {
    let shown = withNote([], note('gap', 0, 10), 0);
    shown = withNote(shown, note('skipped', 5, 20, 7), 0);
    expect(shown.map(({ state, skipped }) => [state, skipped])).toEqual([
      ['open', 0],
      ['open', 7],
    ]);
    shown = withNote(shown, note('filled', 0, 20, 9), 1_000);
    expect(shown).toMatchObject([{ state: 'filled', skipped: 7, found: 9 }]);
    expect(stillShown(shown, 10_999)).toBe(shown);
    expect(stillShown(shown, 11_000)).toEqual([]);
  });

  it('what is said again is one, and what stays incomplete is shown', () => {
    const once = withNote([], note('gap', 0, 10), 0);
    const shown = withNote(withNote(once, note('gap', 0, 12), 5), note('incomplete', 0, 12), 9);
    expect(shown).toMatchObject([{ state: 'incomplete' }]);
    expect(stillShown(shown, 1e9)).toBe(shown);
    expect(withNote([], note('filled', 0, 1), 0)).toEqual([]);
  });
});

describe('a stream that is refused', () => {
  const of = (code: string, status: number, retryAfterMs?: number) =>
    refusalOf(new LmsProblem(code, { status, detail: 'why', details: { retryAfterMs } }), {
      attempt: 3,
      wallMs: 100,
      random: () => 0,
    });

  it.each([
    ['NO_RESOURCE', 404, { kind: 'unavailable', reason: 'why', isPolled: true }, 60_000],
    ['TOO_MANY_REQUESTS', 429, { kind: 'unavailable', reason: 'why', isPolled: true }, 15_000],
    ['OVERLOADED', 503, { kind: 'unavailable', reason: 'why', isPolled: true }, 15_000],
    ['EXPRESSION', 400, { kind: 'unavailable', reason: 'why', isPolled: false }, 60_000],
    ['STOPPING', 503, { kind: 'reconnecting', reason: 'why', againAtMs: 2_100 }, 2_000],
    ['SERVER_UNREACHABLE', 0, { kind: 'reconnecting', reason: 'why', againAtMs: 2_100 }, 2_000],
  ])('by %s', (code, status, state, inMs) => {
    expect(of(code, status)).toEqual({ state, inMs });
  });

  it('waits as long as the server says', () => {
    expect(of('STOPPING', 503, 7_000).inMs).toBe(7_000);
    expect(of('TOO_MANY_REQUESTS', 429, 40_000).inMs).toBe(40_000);
  });
});

describe('where there is no stream', () => {
  it('what is new is looked up every five seconds, each once, over as many pages as it takes', async () => {
    const clock = new FakeClock();
    const stored: Entry[] = [entry(1)];
    const came: TailEntry[] = [];
    let again = 0;
    const ending = new AbortController();
    const entries = async ({ limit = 0, cursor = '0' }: PageQuestion): Promise<EntriesPage> => {
      const from = Number(cursor);
      const page = stored.toReversed().slice(from, from + limit);
      const next = from + limit < stored.length ? String(from + limit) : null;
      const range = { from: null, to: null };
      return {
        order: 'newest',
        complete: true,
        range,
        searchedTo: null,
        next,
        previous: null,
        entries: page,
      };
    };
    const told = {
      came: (some: readonly TailEntry[]) => void came.push(...some),
      again: () => void (again += 1),
    };
    void poll({ clock, entries }, {}, told, ending.signal);
    await settled();
    for (let n = 2; n <= 500; n += 1) stored.push(entry(n));
    await clock.advance(5_000);
    expect(came).toEqual(stored);
    await clock.advance(5_000);
    expect(came).toHaveLength(500);
    for (let n = 501; n <= 7_000; n += 1) stored.push(entry(n));
    await clock.advance(5_000);
    expect(again).toBe(1);
    ending.abort('enough');
    await clock.advance(60_000);
    expect(clock.timers).toBe(0);
  });
});

describe('a lease, where a browser has no locks', () => {
  function tabs() {
    const clock = new FakeClock();
    const kept = new Map<string, string>();
    const storage = {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
      removeItem: (name: string) => void kept.delete(name),
    };
    const of = (tab: string) =>
      new LeaseElection(storage, { name: 'lease', tab, clock, wallMs: () => clock.now() });
    return { clock, of };
  }

  it('is one tab’s, and the next one’s when that releases it or is gone', async () => {
    const { clock, of } = tabs();
    const { signal } = new AbortController();
    const led: string[] = [];
    const [one, two] = ['one', 'two'].map((tab) =>
      of(tab)
        .lead(false, signal)
        .then((leadership) => {
          led.push(tab);
          return leadership;
        }),
    );
    await clock.advance(30_000);
    expect(led).toHaveLength(1);
    (await (led[0] === 'one' ? one : two)!).release();
    await clock.advance(5_000);
    expect(led.toSorted()).toEqual(['one', 'two']);
  });

  it('is taken from one that is silent, which hears of it', async () => {
    const { clock, of } = tabs();
    const { signal } = new AbortController();
    const first = of('one').lead(false, signal);
    await clock.advance(1_000);
    const { lost } = await first;
    const second = of('two').lead(true, signal);
    await clock.advance(2_000);
    await second;
    expect(lost.aborted).toBe(true);
  });
});

describe('the first line', () => {
  it('is sent to the page’s own address, with a token where one is needed', () => {
    const href = "http://logs.example/o'brien/lms/?q=x";
    expect(curlCommand({ href, needsToken: false }, 'It works')).toBe(
      `curl -s 'http://logs.example/o'\\''brien/lms/api/v1/entries' -H 'Content-Type: application/json' \\\n` +
        `  -d '{"service_name":"hello","severity":"info","payload":"It works"}'`,
    );
    expect(curlCommand({ href, needsToken: true }, 'x')).toContain('-H "Authorization: Bearer $LMS_TOKEN"');
    expect(pubCommand('x')).toBe(`echo '{"service_name":"hello","severity":"info","payload":"x"}' | lms pub`);
  });
});
