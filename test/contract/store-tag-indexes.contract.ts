import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogEntry, StoredEntry } from '../../src/logs/entry.ts';
import { type Page, readPage } from '../../src/query/answers/page.ts';
import type { EntryReader, Stretch } from '../../src/query/answers/ports.ts';
import { readerWith } from '../../src/query/answers/reader-with.ts';
import { allOf, type Filter } from '../../src/query/filter.ts';
import { matches } from '../../src/query/predicate.ts';
import { parseTags } from '../../src/query/tags.ts';
import { openEntryReader, openServerRecords } from '../../src/store/open.ts';
import { SearchGround } from './search-ground.ts';
import { entry } from './store-entries.ts';
import { SILENT, type StoreSubject } from './store-subject.ts';
import { equals, questions, STRANGE, taggedEntries, textsOf } from './store-tag-questions.ts';

const NEVER = new AbortController().signal;
const INDEXED = ['a', 'b', 'a.b', 'a.b.c', 'Größe x'];

/** What every index of a tag holds, whatever the database. */
export function tagIndexesContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: indexes of tags`, () => {
    const ground = new SearchGround(makeSubject);
    beforeAll(async () => {
      for (const tag of INDEXED) await ground.store.addTagIndex(tag);
    });

    it('refuse no row, whatever its tags are', async () => {
      const stored = STRANGE.map((tags, at) => entry({ eventId: `strange-${at}`, tags }));
      expect(await ground.store.write(stored)).toEqual({ stored: stored.length, duplicates: 0 });
      expect((await ground.store.verify()).agree).toBe(true);
    });

    it('lead to each row by each text that it is asked for by', async () => {
      const all = await everything(ground);
      for (const one of all) {
        const texts = textsOf(parseTags(one.tags)['a']);
        for (const text of texts) {
          const filter = equals('a', text);
          const found = await pagesOf({ filter, stretch: { order: 'newest' } }, ground, ground.reader);
          expect(found.map(({ eventId }) => eventId)).toContain(one.eventId);
        }
      }
      expect(all.length).toBe(STRANGE.length);
    });

    it('change no answer: the same pages as the predicate says, both ways, in pieces of any size', async () => {
      const stored = fc.sample(taggedEntries, { numRuns: 300, seed: 7 });
      await ground.store.write(stored.map((one, at) => ({ ...one, eventId: `e-${at % 211}` })));
      const all = await everything(ground);
      const used = new Set<Page['cost']['plan']>();
      await fc.assert(
        fc.asyncProperty(questions, async ({ filter, stretch, pieceRows }) => {
          const reader = inPieces(ground.reader, pieceRows);
          const found = await pagesOf({ filter, stretch }, ground, reader, (plan) => used.add(plan));
          expect(found.map(keyOf)).toEqual(expected(all, filter, stretch).map(keyOf));
        }),
        { numRuns: 40 },
      );
      expect(used).toContain('tags');
    });

    it('are seen in the plan, with those that would have helped', async () => {
      const filter = allOf([equals('a', 'x'), equals('other', 'y')]);
      const { cost } = await readPage({ filter, stretch: { order: 'newest' }, limit: 5 }, ground.means());
      expect(cost).toMatchObject({ plan: 'tags', tags: { used: ['a'], missing: ['other'] } });
    });

    it('are intersected before rows are read', async () => {
      const rows = Array.from({ length: 3_000 }, (_, n) =>
        entry({
          timestamp: `2027-01-01 00:00:${String(n % 60).padStart(2, '0')}.${String(n).padStart(6, '0')}`,
          eventId: `common-${n}`,
          serviceName: `tagged-${n % 7}`,
          tags: JSON.stringify({ a: `even-${n % 2}`, b: n === 1_500 ? 'even-1' : `third-${n % 3}` }),
        }),
      );
      await ground.store.write(rows);
      const filter = allOf([equals('a', 'even-0'), equals('b', 'even-1')]);
      const page = await readPage({ filter, stretch: { order: 'newest' }, limit: 5 }, ground.means());
      expect(page).toMatchObject({ isComplete: true, cost: { plan: 'tags' } });
      // Of half and of a third of them; rows whose values are undecided are among them.
      expect(page.cost.rowsRead).toBeLessThan(50);
      expect(page.entries.map(({ eventId }) => eventId)).toEqual(['common-1500']);
      // The same with the service, which nothing rarer has.
      const ofService = allOf([
        filter,
        { kind: 'column', column: 'service', test: { kind: 'equals', text: 'tagged-2' } },
      ]);
      const other = await readPage(
        { filter: ofService, stretch: { order: 'oldest' }, limit: 5 },
        ground.means(),
      );
      expect(other.entries.map(({ eventId }) => eventId)).toEqual(['common-1500']);
    });

    it('stay right when rows are deleted, and are done without once they are dropped', async () => {
      const question = { filter: equals('b', 'gone'), stretch: { order: 'newest' } as const };
      const some = ['1', '2', '3'].map((id) => entry({ eventId: `gone-${id}`, tags: '{"b":"gone"}' }));
      await ground.store.write(some);
      expect(await ground.store.deleteEntries(some.slice(0, 1))).toBe(1);
      expect(await pagesOf(question, ground, ground.reader)).toHaveLength(2);
      // A reader that has just heard of them.
      expect(await ground.reader.indexedTags(NEVER)).toContain('b');
      expect(await ground.store.dropTagIndex('b')).toBe(true);
      expect(await ground.store.dropTagIndex('b')).toBe(false);
      expect(await pagesOf(question, ground, ground.reader)).toHaveLength(2);
      const path = { kind: 'tags', tags: [{ name: 'b', texts: ['gone'] }] } as const;
      const stretch = { order: 'oldest' } as const;
      const request = { ...question, stretch, path, maxRows: 1_000_000, maxEntries: 1_000 };
      const { entries } = await ground.reader.piece(request, NEVER);
      expect(entries.filter(matches(question.filter))).toHaveLength(2);
      expect((await ground.store.verify()).agree).toBe(true);
    });

    it('are added by several at once, and once more, without harm', async () => {
      const one = await ground.subject.open();
      const two = await ground.subject.open();
      await Promise.all([one.addTagIndex('twice'), two.addTagIndex('twice')]);
      await ground.store.addTagIndex('twice');
      const found = (await ground.store.tagIndexes()).filter(({ tag }) => tag === 'twice');
      expect(found).toMatchObject([{ tag: 'twice', name: 'tag_twice', state: 'ready' }]);
    });

    it('are listed with the others, and SELECT * has no column of theirs', async () => {
      const records = openServerRecords(ground.subject.target, { log: SILENT });
      const listed = (await records.indexes()).filter(({ tag }) => tag !== undefined);
      await records.close();
      expect(listed.map(({ tag }) => tag).toSorted()).toEqual(['Größe x', 'a', 'a.b', 'a.b.c', 'twice']);
      expect(listed.find(({ tag }) => tag === 'a')).toEqual({
        name: 'tag_a',
        columns: ['tag_a', 'timestamp', 'event_id'],
        tag: 'a',
      });
      const [row = {}] = await ground.subject.sql('SELECT * FROM service_logs LIMIT 1');
      expect(Object.keys(row).filter((column) => column.startsWith('tag_'))).toEqual([]);
    });

    it('are refused for names that SQL or JSON would have to escape, and for too many dots', async () => {
      for (const tag of ['', "it's", '"', 'a\\b', 'a.b.c.d', '.a', 'a..b', 'a\nb', 'x'.repeat(101)])
        await expect(ground.store.addTagIndex(tag)).rejects.toMatchObject({ code: 'INDEX' });
    });

    describe('for a reader that knows of none yet', () => {
      let reader: EntryReader;
      beforeAll(async () => {
        reader = await openEntryReader(ground.subject.target, { log: SILENT });
      });
      afterAll(() => reader.close());

      it('are there at once', async () => {
        expect((await reader.indexedTags(NEVER))?.toSorted()).toEqual([
          'Größe x',
          'a',
          'a.b',
          'a.b.c',
          'twice',
        ]);
      });
    });
  });
}

/** A reader whose pieces are small. */
function inPieces(reader: EntryReader, pieceRows: number): EntryReader {
  return readerWith(reader, {
    piece: (request, signal) =>
      reader.piece({ ...request, maxRows: Math.min(pieceRows, request.maxRows ?? pieceRows) }, signal),
  });
}

interface Asked {
  readonly filter: Filter;
  readonly stretch: Stretch;
}

/** All that matches, page by page. */
async function pagesOf(
  { filter, stretch }: Asked,
  ground: SearchGround,
  reader: EntryReader,
  tell: (plan: Page['cost']['plan']) => void = () => undefined,
): Promise<StoredEntry[]> {
  const found: StoredEntry[] = [];
  for (let next: Stretch | undefined = stretch; next !== undefined;) {
    const page: Page = await readPage({ filter, stretch: next, limit: 40 }, { ...ground.means(), reader });
    tell(page.cost.plan);
    found.push(...page.entries);
    next = page.next;
  }
  return found;
}

async function everything(ground: SearchGround): Promise<StoredEntry[]> {
  const all: StoredEntry[] = [];
  for await (const one of ground.store.entries()) all.push(one);
  return all;
}

function expected(all: readonly StoredEntry[], filter: Filter, { order }: Stretch): readonly StoredEntry[] {
  const found = all.filter(matches(filter));
  return order === 'oldest' ? found : found.toReversed();
}

function keyOf({ timestamp, eventId }: LogEntry): string {
  return `${timestamp} ${eventId}`;
}
