import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { type Page, readPage } from '../../src/query/answers/page.ts';
import type { Order, Stretch } from '../../src/query/answers/ports.ts';
import { EVERYTHING, type Filter } from '../../src/query/filter.ts';
import { SearchGround } from './search-ground.ts';
import { entry } from './store-entries.ts';
import type { StoreSubject } from './store-subject.ts';

/** What every reader's pages are while the tables change, and of entries that are large. */
export function searchPagingContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: pages of a search`, () => {
    const ground = new SearchGround(makeSubject);
    /** Of each test its own. */
    let day = 0;

    async function* pages(filter: Filter, stretch: Stretch, limit: number): AsyncGenerator<Page> {
      for (let next: Stretch | undefined = stretch; next !== undefined;) {
        const page: Page = await readPage({ filter, stretch: next, limit }, ground.means());
        yield page;
        next = page.next;
      }
    }

    it('say how many rows were looked at, of which few match', async () => {
      const at = (n: number): LogEntry =>
        entry({
          timestamp: `2026-06-01 00:00:00.${String(n).padStart(6, '0')}`,
          eventId: `looked-at-${n}`,
          serviceName: `looked-at-${n % 2}`,
          payload: n % 100 === 0 ? 'one of them' : 'another',
        });
      await ground.store.write(Array.from({ length: 2_500 }, (_, n) => at(n)));
      const range = { from: '2026-06-01 00:00:00.000000', to: '2026-06-02 00:00:00.000000' };
      const looked = async (filter: Filter, order: Order) => {
        const page = await readPage({ filter, stretch: { order, ...range }, limit: 1_000 }, ground.means());
        return [page.entries.length, page.cost.rowsRead];
      };
      const one: Filter = { kind: 'substring', text: 'one of them' };
      for (const order of ['newest', 'oldest'] as const) {
        expect(await looked(one, order)).toEqual([25, 2_500]);
        const service: Filter = {
          kind: 'column',
          column: 'service',
          test: { kind: 'equals', text: 'looked-at-0' },
        };
        const [found, rows] = await looked({ kind: 'and', of: [service, one] }, order);
        expect(found).toBe(25);
        // By the index of services, or all of that time and the counts of its minutes.
        expect(rows).toBeGreaterThanOrEqual(1_250);
        expect(rows).toBeLessThanOrEqual(2_510);
      }
    });

    it.each<[Order, Filter]>([
      ['newest', EVERYTHING],
      ['oldest', EVERYTHING],
      ['newest', { kind: 'severity', severities: ['error'] }],
      ['oldest', { kind: 'substring', text: 'kept' }],
    ])(
      '%s first, have what was there all the time once, and what came or went at most once',
      async (order, filter) => {
        day += 1;
        const at = (n: number, kind: string): LogEntry =>
          entry({
            timestamp: `2026-07-0${day} ${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}:00.000000`,
            eventId: `${kind}-${n}`,
            severity: 'error',
            payload: `kept ${kind}`,
          });
        const numbers = Array.from({ length: 300 }, (_, n) => n);
        const kept = numbers.map((n) => at(n, 'there'));
        const going = numbers.map((n) => at(n, 'goes'));
        await ground.store.write([...kept, ...going]);
        const range = { from: `2026-07-0${day} 00:00:00.000000`, to: `2026-07-0${day} 23:00:00.000000` };
        const seen: string[] = [];
        let turn = 0;
        for await (const { entries } of pages(filter, { order, ...range }, 11)) {
          seen.push(...entries.map(({ eventId }) => eventId));
          // Late ones, before and behind the place where the search is, and one that goes on either side.
          await ground.store.write([at((turn * 37) % 300, 'late'), at((turn * 91 + 150) % 300, 'later')]);
          await ground.store.deleteEntries([
            at((turn * 53) % 300, 'goes'),
            at((turn * 71 + 200) % 300, 'goes'),
          ]);
          turn += 1;
        }
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.filter((id) => id.startsWith('there'))).toHaveLength(kept.length);
        const inOrder = seen
          .filter((id) => id.startsWith('there'))
          .map((id) => Number(id.slice('there-'.length)));
        expect(inOrder).toEqual(order === 'oldest' ? numbers : numbers.toReversed());
        expect(turn).toBeGreaterThan(40);
        expect((await ground.store.verify()).agree).toBe(true);
      },
    );

    it('a time range has its beginning, and not its end', async () => {
      const micros = [0, 1, 2, 3].map((n) =>
        entry({ timestamp: `2026-08-01 00:00:00.00000${n}`, eventId: `micro-${n}` }),
      );
      await ground.store.write(micros);
      const found = async (from: number, to: number) => {
        const range = { from: `2026-08-01 00:00:00.00000${from}`, to: `2026-08-01 00:00:00.00000${to}` };
        const ids: string[] = [];
        for await (const { entries } of pages(EVERYTHING, { order: 'oldest', ...range }, 1))
          ids.push(...entries.map(({ eventId }) => eventId));
        return ids;
      };
      expect(await found(1, 3)).toEqual(['micro-1', 'micro-2']);
      expect(await found(2, 2)).toEqual([]);
      expect(await found(3, 1)).toEqual([]);
    });

    it('of large entries are whole, though a piece of them is never as large', async () => {
      const large = Array.from({ length: 16 }, (_, n) =>
        entry({
          timestamp: `2026-09-01 00:00:00.0000${String(n + 10)}`,
          eventId: `large-${n}`,
          payload: `${n}`.repeat(3_000_000),
        }),
      );
      for (let n = 0; n < large.length; n += 4) await ground.store.write(large.slice(n, n + 4));
      const range = { from: '2026-09-01 00:00:00.000000', to: '2026-09-02 00:00:00.000000' };
      const pieces: number[] = [];
      const pieceOf = ground.reader.piece.bind(ground.reader);
      ground.reader.piece = async (request, signal) => {
        const piece = await pieceOf(request, signal);
        pieces.push(piece.entries.reduce((sum, { payload }) => sum + payload.length, 0));
        return piece;
      };
      const seen: string[] = [];
      for await (const { entries } of pages(EVERYTHING, { order: 'newest', ...range }, 1_000)) {
        for (const { eventId, payload } of entries)
          seen.push(
            payload === large.find((one) => one.eventId === eventId)?.payload ? eventId : `cut ${eventId}`,
          );
      }
      expect(seen).toEqual(large.map(({ eventId }) => eventId).toReversed());
      expect(Math.max(...pieces)).toBeLessThan(45_000_000);
    });
  });
}
