import { openRetention } from '../../src/app/retention/open-retention.ts';
import { buildWords } from '../../src/app/words/build-words.ts';
import { loadSettings, type Settings } from '../../src/config/settings.ts';
import { systemClock } from '../../src/pipeline/clock.ts';
import type { Log } from '../../src/pipeline/ports.ts';
import type { RetentionBook } from '../../src/retention/ports.ts';
import { printRules, requireRules } from '../../src/retention/rules.ts';
import { type RetentionParts, type RetentionRun, runRetention } from '../../src/retention/run.ts';
import type { StoreTarget } from '../../src/store/connection-target.ts';
import { openRetentionBook, openStore, openWordsIndex, openWorkLeases } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import type { Draw } from '../draw.ts';
import { type Look, type Looker, openLooker } from './look.ts';
import { Reference } from './reference.ts';
import { type KnownRule, textOf } from './rules.ts';
import { problemsOf, Watching } from './watching.ts';
import { Writing } from './writing.ts';

/** How much is written. */
export interface ProofSize {
  /** Rows before anything else. */
  readonly rows: number;
  /** Of a batch, at most. */
  readonly batchRows: number;
  readonly restMs: number;
}

const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
/** Small blocks, so that there are some. */
const WORDS = { blockWords: 40, settledMinutes: 10, lateRows: 3_000, rowsAtOnce: 1_000 };
const HOLD_ID = 'held';
const HOLD_SECONDS = 3_600;

/** Tables that are written to, and all that is known of them. */
export class ProofGround implements AsyncDisposable {
  readonly reference: Reference;
  readonly writing: Writing;
  readonly watching: Watching;
  readonly looker: Looker;
  /** Of each URL. */
  readonly #settings: readonly Settings[];
  readonly #book: RetentionBook;
  readonly #closing: AsyncDisposableStack;
  #versions = 0;

  private constructor({ settings, book, closing, ...watched }: Opened) {
    ({ reference: this.reference, writing: this.writing } = watched);
    ({ watching: this.watching, looker: this.looker } = watched);
    this.#settings = settings;
    this.#book = book;
    this.#closing = closing;
  }

  /** Migrates the database of these URLs, which are one: a server, or the nodes of a cluster. Fills it, and goes on. */
  static async open(urls: readonly string[], draw: Draw, size: ProofSize): Promise<ProofGround> {
    await using opened = new AsyncDisposableStack();
    const settings = urls.map(settingsOf);
    const { database } = there(settings[0]);
    const { reference, writing } = await beginWriting(urls, opened, { draw, size });
    const store = opened.adopt(await openStore(database, { log: SILENT }), closed);
    const [own, looker] = [opened.use(await openLooker(database)), opened.use(await openLooker(database))];
    const watching = new Watching({ looker: own, store, writing });
    opened.defer(() => watching.end());
    const book = opened.adopt(openRetentionBook(database, { log: SILENT }), closed);
    const closing = opened.move();
    return new ProofGround({ settings, book, closing, reference, writing, watching, looker });
  }

  /** Puts rules in force: each time another version. */
  async apply(rules: readonly KnownRule[]): Promise<void> {
    this.#versions += 1;
    const text = printRules(requireRules(textOf(rules, String(this.#versions)), 'rules'));
    const applied = this.reference.applying(rules);
    await this.#book.apply(text, { by: 'a test' });
    applied(await this.looker.look());
  }

  /** Holds a time, for as long as a test takes. */
  async hold(from: string, to: string): Promise<void> {
    await this.#book.hold({ id: HOLD_ID, from, to, reason: 'a test' }, HOLD_SECONDS);
    this.reference.hold({ from, to }, await this.looker.look());
  }

  async release(): Promise<void> {
    this.reference.release();
    await this.#book.release(HOLD_ID);
  }

  /** A run of the rules in this process, without a lease, on the database of a URL: the first if none is said. */
  async run(changes: Partial<RetentionParts> = {}, place = 0): Promise<RetentionRun> {
    const opened = openRetention({ settings: there(this.#settings[place]), log: SILENT });
    try {
      const parts = await opened.parts();
      return await runRetention({ ...parts, signal: new AbortController().signal, ...changes });
    } finally {
      await opened.close();
    }
  }

  /** Indexes the words of what has settled; resolves to how many rows the index has seen then. */
  async indexWords(): Promise<number> {
    const { database } = there(this.#settings[0]);
    await using opened = new AsyncDisposableStack();
    const leases = opened.adopt(openWorkLeases(database, { log: SILENT }), closed);
    const index = opened.adopt(await openWordsIndex(database, { log: SILENT }), closed);
    const lease = await leases.take('words');
    if (lease === undefined) throw new Error('somebody has the lease of the index of words');
    const { signal } = new AbortController();
    const isTransient = (error: unknown) => index.isTransient(error);
    const parts = { upkeep: index.upkeep(lease), reader: index.reader, clock: systemClock, share: 1 };
    await buildWords({ ...parts, signal, isTransient, sizes: WORDS });
    await leases.release(lease);
    const [row] = await this.looker.sql('SELECT SUM(row_count) AS n FROM lms_words_blocks');
    return Number(row?.['n']);
  }

  /** While nothing is being written: what is there, and what is wrong with it. */
  check(): Promise<{ readonly look: Look; readonly problems: readonly string[] }> {
    const { writing, reference, looker } = this;
    return writing.whilePaused(async () => {
      const { bounds } = writing;
      const look = await looker.look();
      const problems = [...problemsOf(look, bounds), ...reference.wrong(look)];
      writing.settle(look.rows + look.deleted);
      return { look, problems };
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing.disposeAsync();
  }
}

interface Opened {
  readonly settings: readonly Settings[];
  readonly book: RetentionBook;
  readonly reference: Reference;
  readonly writing: Writing;
  readonly watching: Watching;
  readonly looker: Looker;
  /** What is closed in the end. */
  readonly closing: AsyncDisposableStack;
}

/** Two at a time on each of these, as a worker has flushes in flight. What is to be ended is added to `opened`. */
async function beginWriting(
  urls: readonly string[],
  opened: AsyncDisposableStack,
  { draw, size: { rows, batchRows, restMs } }: { readonly draw: Draw; readonly size: ProofSize },
): Promise<{ readonly reference: Reference; readonly writing: Writing }> {
  const stores: Store[] = [];
  for (const url of urls)
    stores.push(opened.adopt(await openStore(settingsOf(url).database, { log: SILENT }), closed));
  const [first] = stores;
  await first?.migrate();
  const reference = new Reference();
  const writing = new Writing({ stores: [...stores, ...stores], reference, draw, batchRows, restMs });
  opened.defer(() => writing.end());
  await writing.fill(rows);
  await first?.fillRollups();
  return { reference, writing };
}

/** The database of a URL. */
export function targetOf(url: string): StoreTarget {
  return settingsOf(url).database;
}

function settingsOf(url: string): Settings {
  const flags = { DATABASE_URL: url, RETENTION_CPU_PERCENT: '100' };
  return loadSettings({ flags, env: {}, dotenvPath: undefined }).settings;
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('there is no such database');
  return value;
}

function closed(part: { close(): Promise<void> }): Promise<void> {
  return part.close();
}
