import { LmsError } from '../errors/catalogue.ts';
import type { StoredEntry } from '../logs/entry.ts';
import { entryId } from '../logs/entry-id.ts';
import { rfc3339 } from '../logs/entry-json.ts';
import { filterHash, parseCursor, printCursor } from '../query/answers/cursor.ts';
import type {
  EntryKey,
  EntryReader,
  KeyCount,
  MinuteRange,
  Minutes,
  MinutesRequest,
  Piece,
  PieceRequest,
  RangeCount,
  RangeSum,
  SumsRequest,
} from '../query/answers/ports.ts';
import type { Processes } from '../query/answers/processes.ts';
import { printFilter } from '../query/print.ts';
import { notOurs, ServerClient } from './client.ts';
import {
  INDEXES,
  KEY_COUNTS,
  MINUTES,
  RANGE_COUNTS,
  RANGE_SUMS,
  readCost,
  readEntry,
  WORKERS,
} from './shapes.ts';

/** The most that a server has in a page. */
const MAX_ENTRIES = 1_000;
/** Ranges whose sums a server has in an answer. */
const MAX_RANGES = 64;
/** What makes a URL longer than servers take is left out: then more is looked at than need be. */
const MAX_LIST_UNITS = 4_000;

/** Reads entries from an `lms serve`, which has a budget of its own for each piece. */
export class RemoteEntryReader implements EntryReader {
  readonly #client: ServerClient;
  readonly #url: string;
  #hasNoSums = false;

  /** Throws `LmsError` USAGE if it is no URL. */
  constructor(url: string, token?: string) {
    this.#client = new ServerClient(url, { token });
    this.#url = url;
  }

  /** The way to the rows is the server's own choice: only what matches is returned. */
  async piece({ stretch, filter, maxEntries }: PieceRequest, signal: AbortSignal): Promise<Piece> {
    const query = {
      q: printFilter(filter),
      order: stretch.order,
      limit: String(Math.min(maxEntries, MAX_ENTRIES)),
      // Times in it are resolved, so that it does not matter from when they are measured.
      cursor: printCursor({ stretch, nowMs: 0, filterHash: filterHash(filter) }),
      format: 'ndjson',
      explain: 'true',
    };
    const response = await this.#client.get('api/v1/entries', query, signal);
    const lines = (await this.#client.text(response, signal)).split('\n').slice(0, -1);
    const entries = lines.map((line) => this.#entry(line));
    const next = response.headers.get('lms-next');
    const cost = readCost(response.headers.get('lms-cost') ?? '') ?? { rowsRead: entries.length };
    if (next === null) return { entries, ...cost };
    const end = parseCursor(next)?.stretch.after;
    if (end === undefined) throw notOurs(this.#url);
    return { entries, end, ...cost };
  }

  async entry(key: EntryKey, signal: AbortSignal): Promise<StoredEntry | undefined> {
    try {
      const response = await this.#client.get(`api/v1/entries/${entryId(key)}`, {}, signal);
      return this.#entry(await this.#client.text(response, signal));
    } catch (error) {
      if (error instanceof LmsError && error.code === 'NO_ENTRY') return undefined;
      throw error;
    }
  }

  /** Of a release that does not say it, nothing is known. */
  async indexedTags(signal: AbortSignal): Promise<readonly string[] | undefined> {
    const response = await this.#client.get('api/v1/indexes', {}, signal);
    const { indexes } = await this.#client.json(INDEXES, response, signal);
    const tags = indexes.flatMap(({ tag }) => (typeof tag === 'string' ? [tag] : []));
    return indexes.every(({ tag }) => tag === undefined) ? undefined : tags;
  }

  async keyCounts(signal: AbortSignal): Promise<readonly KeyCount[]> {
    const response = await this.#client.get('api/v1/counts', {}, signal);
    return (await this.#client.json(KEY_COUNTS, response, signal)).counts;
  }

  async minutes(request: MinutesRequest, signal: AbortSignal): Promise<Minutes> {
    const response = await this.#client.get('api/v1/counts/minutes', minutesQuery(request), signal);
    return this.#client.json(MINUTES, response, signal);
  }

  async lastMinute(request: MinutesRequest, signal: AbortSignal): Promise<string | undefined> {
    const query = { ...minutesQuery(request), counts: 'false' };
    const response = await this.#client.get('api/v1/counts/minutes', query, signal);
    return (await this.#client.json(MINUTES, response, signal)).end;
  }

  async rangeCounts(ranges: readonly MinuteRange[], signal: AbortSignal): Promise<readonly RangeCount[]> {
    const query = { ranges: writtenRanges(ranges) };
    const response = await this.#client.get('api/v1/counts/ranges', query, signal);
    return (await this.#client.json(RANGE_COUNTS, response, signal)).counts;
  }

  /** A server of an earlier release has no such sums. */
  async rangeSums(
    { ranges, by, services }: SumsRequest,
    signal: AbortSignal,
  ): Promise<readonly RangeSum[] | undefined> {
    if (this.#hasNoSums) return undefined;
    if (ranges.length > MAX_RANGES) {
      const rest = ranges.slice(MAX_RANGES);
      const sums = await this.rangeSums({ ranges: ranges.slice(0, MAX_RANGES), by, services }, signal);
      const others = sums && (await this.rangeSums({ ranges: rest, by, services }, signal));
      return others && [...sums, ...others.map((sum) => ({ ...sum, range: sum.range + MAX_RANGES }))];
    }
    const query = { ranges: writtenRanges(ranges), by, services: services && writtenList(services) };
    try {
      const response = await this.#client.get('api/v1/counts/sums', query, signal);
      return (await this.#client.json(RANGE_SUMS, response, signal)).counts ?? undefined;
    } catch (error) {
      if (!(error instanceof LmsError) || error.code !== 'SERVER_REFUSED') throw error;
      this.#hasNoSums = true;
      return undefined;
    }
  }

  /** The server asks its index itself. */
  wordParts(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async processes(signal: AbortSignal): Promise<Processes> {
    const response = await this.#client.get('api/v1/workers', {}, signal);
    const { now, workers } = await this.#client.json(WORKERS, response, signal);
    return { now, processes: workers };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #entry(line: string): StoredEntry {
    const entry = readEntry(line);
    if (entry === undefined) throw notOurs(this.#url);
    return entry;
  }
}

function writtenRanges(ranges: readonly MinuteRange[]): string {
  return ranges.map(({ from, to }) => `${rfc3339(from)}/${rfc3339(to)}`).join(',');
}

function writtenList(names: readonly string[]): string | undefined {
  const list = JSON.stringify(names);
  return encodeURIComponent(list).length > MAX_LIST_UNITS ? undefined : list;
}

function minutesQuery({ order, from, to, services, severities, maxCounts }: MinutesRequest) {
  return {
    order,
    from: from && rfc3339(from),
    to: to && rfc3339(to),
    services: services && writtenList(services),
    severities: severities && JSON.stringify(severities),
    limit: String(maxCounts),
  };
}
