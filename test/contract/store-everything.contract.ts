import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { groupReader } from '../../src/query/answers/group-by.ts';
import { countEntries, readHistogram } from '../../src/query/answers/histogram.ts';
import type { Means } from '../../src/query/answers/page.ts';
import type { EntryReader } from '../../src/query/answers/ports.ts';
import { readerWith } from '../../src/query/answers/reader-with.ts';
import { Tally } from '../../src/query/answers/tally.ts';
import { readValues } from '../../src/query/answers/values.ts';
import { findTag, parseTags } from '../../src/query/tags.ts';
import { EarlierWriter } from './earlier-writer.ts';
import { type Asked, Questions } from './everything-questions.ts';
import { expectedIn } from './store-pages-model.ts';
import { type Change, Table, Walk } from './store-pages-walk.ts';
import type { StoreSubject } from './store-subject.ts';
import { textsOf } from './store-tag-questions.ts';
import { type WordsGround, wordsGround } from './words-ground.ts';
import { filterOf, randomNumbers, row } from './words-rows.ts';

const ROUNDS = 13;
const PIECE_ROWS = 60;
const SEEMING_ROWS = 3_000;
const INDEXED_TAGS = ['user', 'in.id', 'list'];

/** One property over sums, indexes of tags and the index of words: they change no answer. */
export function everythingContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: sums, indexes of tags and the index of words together`, () => {
    const ground = wordsGround(makeSubject);

    it('answer as a plain array does, in whatever order rows come, go and are indexed', async () => {
      const { store } = ground.opened;
      for (const tag of INDEXED_TAGS) await store.addTagIndex(tag);
      const life = new Life(ground, 11);
      await life.begin();
      for (let round = 0; round < ROUNDS; round += 1) await life.round();
      // Whatever was right was right with them, not without.
      const { sums, tags, words } = life.used;
      expect(Math.min(sums, tags, words), JSON.stringify(life.used)).toBeGreaterThan(ROUNDS / 2);
      await store.fillRollups();
      expect(await store.verify()).toMatchObject({ agree: true, rollups: { inUse: true, wrong: 0 } });
    });
  });
}

/** A table that changes in steps that look random, and what is asked of it meanwhile. */
class Life {
  /** How often something was found by each of them. */
  readonly used = { sums: 0, tags: 0, words: 0 };
  readonly #ground: WordsGround;
  readonly #random: (below: number) => number;
  readonly #questions: Questions;
  readonly #earlier: EarlierWriter;
  readonly #table: Table;
  #stored = 0;
  /** The last steps, for whoever looks for the reason of a failure. */
  #steps: string[] = [];

  constructor(ground: WordsGround, seed: number) {
    const { store, subject, reader } = ground.opened;
    this.#ground = ground;
    this.#random = randomNumbers(seed);
    this.#questions = new Questions(this.#random);
    this.#earlier = new EarlierWriter(subject);
    this.#table = new Table(store, this.#watched(reader));
  }

  async begin(): Promise<void> {
    await this.#table.change({ kind: 'insert', entries: this.#fresh(400) });
    await this.#ground.build();
  }

  /** Turns the pages of one question while steps are taken, and asks for the counts of another. */
  async round(): Promise<void> {
    const paged = this.#questions.next(this.#stored);
    const counted = this.#questions.next(this.#stored);
    try {
      await this.#turnPages(paged);
      await this.#expectCounts(counted);
    } catch (cause) {
      const steps = this.#steps.slice(-8).join(', ');
      throw new Error(`after ${steps}: ${JSON.stringify({ paged, counted })}: ${String(cause)}`, { cause });
    }
  }

  async #turnPages({ filter, stretch, maxRows, pieceRows }: Asked): Promise<void> {
    const matching = expectedIn(this.#table.rows.now, filter, stretch).length;
    const limit = 1 + this.#random(4) + Math.ceil(matching / 5);
    const walk = new Walk({ filter, stretch, limit, maxRows, pieceRows }, this.#table);
    await this.#step();
    await walk.read(this.#random(3) === 0 ? [this.#change()] : []);
    await this.#step();
    await walk.readAll();
    walk.turn();
    await walk.readAll();
  }

  async #step(): Promise<void> {
    const chosen = this.#random(8);
    if (chosen <= 2) return this.#table.change(this.#noted(this.#change()));
    if (chosen === 3) return this.#swap();
    if (chosen === 4) return this.#writeEarlier();
    const diesAfter = chosen === 5 ? 1 + this.#random(6) : undefined;
    this.#noted({ kind: `build until ${String(diesAfter ?? 'the end')}` });
    await this.#ground.opened.store.fillRollups();
    await this.#ground.build({ sizes: { lateRows: this.#random(2) === 0 ? 1 : 1_000_000 }, diesAfter });
  }

  #change(): Change {
    const chosen = this.#random(4);
    if (chosen <= 1) return { kind: 'insert', entries: this.#fresh(1 + this.#random(20)) };
    if (chosen === 2) return { kind: 'delete', places: [this.#random(1_000), this.#random(1_000)] };
    return { kind: 'delete matching', filter: this.#questions.rare(this.#stored), range: {} };
  }

  /** One deleted and one late in the same minute: their number is what it was. */
  async #swap(): Promise<void> {
    this.#noted({ kind: 'swap' });
    const { now } = this.#table.rows;
    const place = this.#random(Math.max(1, now.length));
    const gone = now[place];
    if (gone === undefined) return;
    const late = `n${this.#stored}`;
    const [fresh] = this.#fresh(1);
    if (fresh === undefined) return;
    await this.#table.change({ kind: 'delete', places: [place] });
    const { timestamp, serviceName, severity } = gone;
    const payload = `${late} is late`;
    await this.#table.change({
      kind: 'insert',
      entries: [{ ...fresh, timestamp, serviceName, severity, payload }],
    });
    const search = { filter: filterOf(late), stretch: { order: 'oldest' }, limit: 5 } as const;
    await new Walk({ ...search, maxRows: 10_000_000, pieceRows: 15 }, this.#table).readAll();
  }

  /** By a worker of the release before, and delivered again to one of this. */
  async #writeEarlier(): Promise<void> {
    this.#noted({ kind: 'earlier' });
    const late = this.#fresh(1).map((one) => ({ ...one, tags: null }));
    for (const each of late) await this.#earlier.write(each);
    await this.#table.change({ kind: 'insert', entries: late });
  }

  /** Rows of minutes that may have been indexed. */
  #fresh(count: number): LogEntry[] {
    const minutes = [this.#random(120), this.#random(120), this.#random(120)];
    const first = this.#stored;
    this.#stored += count;
    const isFirst = first === 0;
    return Array.from({ length: count }, (_, n) =>
      row(first + n, isFirst ? n * 5 : (minutes[n % minutes.length] ?? 0)),
    );
  }

  async #expectCounts({ filter, countable, by, of, zone, maxBuckets, range }: Asked): Promise<void> {
    const means = this.#means();
    for (const each of [filter, countable]) {
      const there = expectedIn(this.#table.rows.now, each, { order: 'oldest', ...range });
      expect(await countEntries({ filter: each, ...range }, means)).toMatchObject({
        count: there.length,
        isExact: true,
      });
      const found = await readHistogram({ filter: each, by, zone, maxBuckets, ...range }, means);
      const tally = new Tally(found.buckets);
      for (const one of there) tally.add(one.timestamp, groupReader(by)(one), 1);
      expect(found.values).toEqual(tally.topValues(10));
      expect(found.buckets).toEqual(tally.result(found.values));
      const values = await readValues({ filter: each, of, range, limit: 1_000_000 }, means);
      expect(values).toMatchObject({ values: valuesIn(there, of), entries: there.length, isComplete: true });
    }
  }

  #means(): Means {
    return {
      reader: this.#table.reader,
      budget: { maxMs: 60_000, maxRows: 1e9 },
      now: () => performance.now(),
      signal: new AbortController().signal,
    };
  }

  #noted<T extends { readonly kind: string }>(step: T): T {
    this.#steps.push(step.kind);
    return step;
  }

  #watched(reader: EntryReader): EntryReader {
    const { used } = this;
    return readerWith(reader, {
      /** In pieces of few rows, which seem to be many: a search asks the index of words after so many. */
      async piece(request, signal) {
        if (request.path.kind === 'tags') used.tags += 1;
        const maxRows = request.maxRows && Math.min(request.maxRows, PIECE_ROWS);
        const piece = await reader.piece({ ...request, maxRows }, signal);
        return { ...piece, rowsRead: piece.rowsRead + SEEMING_ROWS };
      },
      async wordParts(request, signal) {
        const found = await reader.wordParts(request, signal);
        if (found !== undefined) used.words += 1;
        return found;
      },
      async rangeSums(request, signal) {
        const found = await reader.rangeSums(request, signal);
        if (found !== undefined) used.sums += 1;
        return found;
      },
    });
  }
}

/** The values of the entries, each entry's once, the most frequent first. */
function valuesIn(entries: readonly LogEntry[], of: Asked['of']): { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { serviceName, severity, tags } of entries) {
    const texts = of.kind === 'tag' ? textsOf(findTag(parseTags(tags), of.name)) : [];
    const column = of.kind === 'service' ? serviceName : severity;
    for (const value of new Set(of.kind === 'tag' ? texts : [column]))
      counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1));
}
