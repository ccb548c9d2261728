import type { StoredEntry } from '../logs/entry.ts';
import { SEVERITIES } from '../logs/severity.ts';
import type {
  AccessPath,
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
  Selection,
  SumsRequest,
  WordParts,
  WordPartsRequest,
} from '../query/answers/ports.ts';
import type { Processes } from '../query/answers/processes.ts';
import { allOf, type Filter } from '../query/filter.ts';
import { type Grant, shownService, storedService } from './grant.ts';
import { storedFilter, visibleFilter } from './granted-filter.ts';
import { grantedMinutes } from './granted-minutes.ts';

/** What services have rows is asked anew after this time. */
const COUNTS_AGE_MS = 1_000;
/** Of more services than these, the index of services is asked no more than others would be by a question. */
const MAX_RARE_SERVICES = 12;
const RARE_SHARE = 0.2;
/** Services that are named in a statement. */
const MAX_NAMED_SERVICES = 1_000;
const MIN_ROWS = 1_000;
const MAX_ROWS = 20_000;

/** The services that the bearer sees, by the names that they are stored under, and how many of the rows are theirs. */
interface Own {
  readonly services: readonly string[];
  readonly share: number;
}

/** What the bearer of a grant sees of a reader: his services alone, by the names that he knows. */
export class GrantedReader implements EntryReader {
  readonly #reader: EntryReader;
  readonly #grant: Grant;
  readonly #visible: Filter;
  #own: { readonly found: Promise<Own>; readonly atMs: number } | undefined;

  constructor(reader: EntryReader, grant: Grant) {
    this.#reader = reader;
    this.#grant = grant;
    this.#visible = visibleFilter(grant);
  }

  async piece(request: PieceRequest, signal: AbortSignal): Promise<Piece> {
    const own = await this.#ownServices(signal);
    const path = this.#pathOf(request, own);
    if (selectionOf(path)?.services.length === 0) return { entries: [], rowsRead: 0 };
    const filter = allOf([storedFilter(request.filter, this.#grant.prefix), this.#visible]);
    // By the key there are rows of others, whatever the question.
    const maxRows = request.maxRows ?? (path.kind === 'key' ? rowsFor(request.maxEntries, own) : undefined);
    const piece = await this.#reader.piece({ ...request, path, filter, maxRows }, signal);
    return { ...piece, entries: this.#shown(piece.entries) };
  }

  async entry(key: EntryKey, signal: AbortSignal): Promise<StoredEntry | undefined> {
    const found = await this.#reader.entry(key, signal);
    return found && this.#shown([found])[0];
  }

  indexedTags(signal: AbortSignal): Promise<readonly string[] | undefined> {
    return this.#reader.indexedTags(signal);
  }

  async keyCounts(signal: AbortSignal): Promise<readonly KeyCount[]> {
    return this.#shown(await this.#reader.keyCounts(signal));
  }

  async minutes(request: MinutesRequest, signal: AbortSignal): Promise<Minutes> {
    const { services, severities, maxCounts } = request;
    const { counts, end } = await this.#minutes(request, signal);
    const asked = this.#shown(counts).filter(
      ({ serviceName, severity }) =>
        (services?.includes(serviceName) ?? true) && (severities?.includes(severity) ?? true),
    );
    return { counts: asked, end, countsRead: end === undefined ? asked.length : maxCounts };
  }

  async lastMinute(request: MinutesRequest, signal: AbortSignal): Promise<string | undefined> {
    return (await this.#minutes(request, signal)).end;
  }

  async rangeCounts(ranges: readonly MinuteRange[], signal: AbortSignal): Promise<readonly RangeCount[]> {
    return this.#shown(await this.#reader.rangeCounts(ranges, signal));
  }

  /** Always by service: of all together there is nothing that others are not in. */
  async rangeSums(request: SumsRequest, signal: AbortSignal): Promise<readonly RangeSum[] | undefined> {
    const { services } = await this.#ownServices(signal);
    const asked = request.services?.map((name) => storedService(this.#grant, name));
    const own = asked === undefined ? services : services.filter((name) => asked.includes(name));
    if (own.length === 0) return [];
    const named = own.length <= MAX_NAMED_SERVICES ? own : undefined;
    const by = request.by === 'service' ? 'service' : 'key';
    const found = await this.#reader.rangeSums({ ranges: request.ranges, by, services: named }, signal);
    if (found === undefined) return undefined;
    const shown = this.#shown(found);
    return request.by === 'severity' ? together(shown) : shown;
  }

  /** Times alone, of which nothing is shown. */
  wordParts(request: WordPartsRequest, signal: AbortSignal): Promise<WordParts | undefined> {
    return this.#reader.wordParts(request, signal);
  }

  processes(signal: AbortSignal): Promise<Processes> {
    return this.#reader.processes(signal);
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  async #minutes(request: MinutesRequest, signal: AbortSignal): Promise<Pick<Minutes, 'counts' | 'end'>> {
    const { services } = await this.#ownServices(signal);
    if (services.length === 0) return { counts: [] };
    const named = services.length <= MAX_NAMED_SERVICES ? services : undefined;
    const isOwn = ({ serviceName }: KeyCount) => this.#sees(serviceName);
    return grantedMinutes(this.#reader, request, { services: named, isOwn }, signal);
  }

  /** A bearer whose services have few of the rows is led to them by the index of services. */
  #pathOf({ path }: PieceRequest, { services, share }: Own): AccessPath {
    if (path.kind === 'services') {
      return { kind: 'services', ...this.#stored(path) };
    }
    const isRare = share <= RARE_SHARE && services.length <= MAX_RARE_SERVICES;
    if (path.kind === 'tags') {
      const asked = path.selection && this.#stored(path.selection);
      const selection = asked ?? (isRare ? { services, severities: SEVERITIES } : undefined);
      return { ...path, selection };
    }
    return isRare ? { kind: 'services', services, severities: SEVERITIES } : path;
  }

  #stored({ services, severities }: Selection): Selection {
    const stored = services.map((name) => storedService(this.#grant, name));
    return { services: stored.filter((name) => name !== undefined), severities };
  }

  async #ownServices(signal: AbortSignal): Promise<Own> {
    const nowMs = performance.now();
    if (this.#own === undefined || nowMs - this.#own.atMs > COUNTS_AGE_MS)
      this.#own = { found: this.#findServices(signal), atMs: nowMs };
    return this.#own.found;
  }

  async #findServices(signal: AbortSignal): Promise<Own> {
    const counts = await this.#reader.keyCounts(signal);
    const own = counts.filter(({ serviceName, count }) => count > 0 && this.#sees(serviceName));
    const services = [...new Set(own.map(({ serviceName }) => serviceName))];
    return { services, share: rows(own) / Math.max(1, rows(counts)) };
  }

  #sees(stored: string): boolean {
    return shownService(this.#grant, stored) !== undefined;
  }

  #shown<Named extends { readonly serviceName: string }>(list: readonly Named[]): Named[] {
    return list.flatMap((each) => {
      const name = shownService(this.#grant, each.serviceName);
      return name === undefined ? [] : [{ ...each, serviceName: name }];
    });
  }
}

function selectionOf(path: AccessPath): Selection | undefined {
  if (path.kind === 'key') return undefined;
  return path.kind === 'services' ? path : path.selection;
}

function rows(counts: readonly KeyCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/** So many that among them are about twice as many of the bearer's as are wanted. */
function rowsFor(entries: number, { share }: Own): number {
  return Math.min(MAX_ROWS, Math.max(MIN_ROWS, Math.ceil((2 * entries) / Math.max(share, 1e-6))));
}

/** Counts of services as those of all of them: one for each range and severity. */
function together(counts: readonly RangeSum[]): RangeSum[] {
  const sums = new Map<string, RangeSum>();
  for (const each of counts) {
    const key = `${each.range} ${each.severity ?? ''}`;
    sums.set(key, { ...each, serviceName: '', count: each.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums.values()];
}
