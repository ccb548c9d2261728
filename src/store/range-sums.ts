import { piecesOf, type RangePiece } from '../query/answers/pieces.ts';
import type { RangeSum, SumsRequest } from '../query/answers/ports.ts';
import type { Sql } from './filter-sql.ts';
import { ROLLUP_LEVELS, type RollupLevel } from './rollups.ts';
import { count, type Row, severity, text, textOrNull } from './rows.ts';
import { minuteBound } from './stretch-sql.ts';

/** A piece, and the ranges that it belongs to: what one gains the one beside it may lose. */
interface SharedPiece {
  readonly piece: RangePiece;
  readonly uses: { readonly range: number; readonly sign: 1 | -1 }[];
}

/** Pieces that follow each other, read together: in the order of their times, at least one. */
type Run = readonly SharedPiece[];

/** What is added up of a service and severity, or of one of them: by the number of the range. */
interface KeySums extends Pick<RangeSum, 'serviceName' | 'severity'> {
  readonly perRange: number[];
}

/** What sums are grouped by, and how a row of them is selected: all have the same columns. */
const GROUPS: Readonly<Record<SumsRequest['by'], { readonly names: string; readonly columns: string }>> = {
  key: { names: 'service_name, severity', columns: 'service_name, severity' },
  service: { names: 'service_name', columns: "service_name, '' AS severity" },
  // Of all services the name is the same, and the rows are in the order of the key.
  severity: { names: 'service_name, severity', columns: 'service_name, severity' },
};

/** Of so many the rows are looked up one by one. */
const FEW_SERVICES = 10;

/**
 * Sums of services as one text: of tens of thousands of rows it would be the reading that takes the time. Names as
 * digits, for servers do not agree on how to escape them.
 */
const LIST = 'CONVERT(JSON_OBJECTAGG(HEX(service_name), `count`) USING utf8mb4) COLLATE utf8mb4_bin';

/** The number of the row that says whether the sums are right. */
const TRUST = -1;

/** Which sums a database has. */
export interface KeptSums {
  /** The condition under which they are right; undefined: always. */
  readonly trusted: string | undefined;
  /** Whether there are some of services over all severities. */
  readonly hasServiceSums: boolean;
}

/** One statement for all ranges, so that all that it reads is of one moment, and its answer. */
export class RangeSums {
  readonly #request: SumsRequest;
  readonly #level: RollupLevel;
  readonly #runs: readonly Run[];
  readonly #trusted: string | undefined;
  readonly #sums = new Map<string, KeySums>();
  /** Those of services in lists, by their names there. */
  readonly #listed = new Map<string, KeySums>();
  #isRight: boolean;
  #isUnreadable = false;

  constructor(request: SumsRequest, { trusted, hasServiceSums }: KeptSums) {
    this.#request = request;
    this.#level = levelOf(request, hasServiceSums);
    this.#trusted = trusted;
    this.#isRight = trusted === undefined;
    this.#runs = runsOf(sharedPieces(request.ranges.map(piecesOf)), request);
  }

  get sql(): Sql {
    const trust = this.#trusted;
    const each = this.#runs.map((run, index) => this.#runSql(run, index));
    const first =
      trust === undefined
        ? []
        : [
            `SELECT ${String(TRUST)} AS run, '' AS started, '' AS service_name, 'debug' AS severity, ${trust} AS counted`,
          ];
    return {
      text: [...first, ...each.map(({ text }) => text)].join(' UNION ALL '),
      values: each.flatMap(({ values }) => values),
    };
  }

  /** Adds a row of the answer. One by one: there may be tens of thousands. */
  take(row: Row): void {
    const number = count(row, 'run');
    const counted = count(row, 'counted');
    if (number === TRUST) {
      this.#isRight = counted === 1;
      return;
    }
    const run = this.#runs[number] ?? [];
    const piece = pieceAt(run, row);
    if (this.#isListed(run)) this.#takeList(row, piece);
    else addTo(this.#sumsOf(row), piece, counted);
  }

  /** What all rows add up to, by range; undefined if the sums are not right. */
  get sums(): readonly RangeSum[] | undefined {
    if (!this.#isRight || this.#isUnreadable) return undefined;
    const all = [...this.#sums.values()];
    return this.#request.ranges.flatMap((_, range) =>
      all
        .filter(({ perRange }) => (perRange[range] ?? 0) !== 0)
        .map(({ serviceName, severity: level, perRange }) => ({
          range,
          serviceName,
          severity: level,
          count: perRange[range] ?? 0,
        })),
    );
  }

  #takeList(row: Row, piece: SharedPiece): void {
    const list = textOrNull(row, 'service_name');
    // Longer than the server sends at once: then there is no answer here.
    if (list === null) this.#isUnreadable = true;
    else for (const [name, counted] of countsIn(list)) addTo(this.#sumsOfListed(name), piece, counted);
  }

  #sumsOfListed(name: string): KeySums {
    const known = this.#listed.get(name);
    if (known !== undefined) return known;
    const sums = this.#sumsOf({ service_name: Buffer.from(name, 'hex').toString() });
    this.#listed.set(name, sums);
    return sums;
  }

  #sumsOf(row: Row): KeySums {
    const { by } = this.#request;
    const serviceName = by === 'severity' ? '' : text(row, 'service_name');
    const level = by === 'service' ? undefined : severity(row, 'severity');
    const key = level === undefined ? serviceName : `${level} ${serviceName}`;
    const known = this.#sums.get(key);
    if (known !== undefined) return known;
    const fresh = { serviceName, severity: level, perRange: [] };
    this.#sums.set(key, fresh);
    return fresh;
  }

  #runSql(run: Run, index: number): Sql {
    const { by, services } = this.#request;
    const [{ piece } = NO_PIECE] = run;
    const isOf = services === undefined ? '' : ` AND service_name IN (${services.map(() => '?').join(', ')})`;
    const { names, columns } = GROUPS[by];
    // Of each service there are no sums of minutes, which the counts themselves are.
    const [table, time] =
      piece.width === 1 && by !== 'severity'
        ? ['service_severity_minutes WHERE', 'minute']
        : [
            `lms_rollups WHERE width = ${String(piece.width)} AND by_service = ${String(this.#level)} AND`,
            'start',
          ];
    const started = run.length === 1 ? "''" : time;
    const when = timeSql(time, run, (services?.length ?? Infinity) <= FEW_SERVICES);
    const values = [...when.values, ...(services ?? [])];
    if (this.#isListed(run))
      return {
        text: `SELECT ${String(index)} AS run, ${time} AS started, ${LIST} AS service_name, '' AS severity, 0 AS counted
          FROM ${table} ${when.text}${isOf} GROUP BY ${time}`,
        values,
      };
    const isSummed = this.#isSummed(run);
    const groups = run.length === 1 ? names : `${time}, ${names}`;
    return {
      text: `SELECT ${String(index)} AS run, ${started} AS started, ${columns}, ${isSummed ? '`count`' : 'SUM(`count`)'} AS counted
        FROM ${table} ${when.text}${isOf}${isSummed ? '' : ` GROUP BY ${groups}`}`,
      values,
    };
  }

  /** Whether there is one row for each day or hour, with all of its services. */
  #isListed(run: Run): boolean {
    return this.#level === ROLLUP_LEVELS.services && run.length > 1 && this.#isSummed(run);
  }

  /** Whether each sum that is asked for is one row: then nothing is left to be added up. */
  #isSummed(run: Run): boolean {
    const { by } = this.#request;
    const isOfMinutes = run[0]?.piece.width === 1;
    const isOneRow = by !== 'service' || (this.#level === ROLLUP_LEVELS.services && !isOfMinutes);
    return isOneRow && run.every(({ piece }) => piece.units === 1);
  }
}

function levelOf({ by }: SumsRequest, hasServiceSums: boolean): RollupLevel {
  if (by === 'severity') return ROLLUP_LEVELS.severities;
  return by === 'service' && hasServiceSums ? ROLLUP_LEVELS.services : ROLLUP_LEVELS.keys;
}

/**
 * When it is: by their starts, where these are all there are and the rest of the key is known for each or it is one.
 * Of a range, whose rows are not in the order that they are grouped in, a database makes a table first.
 */
function timeSql(column: string, run: Run, isOfFewServices: boolean): Sql {
  const starts = run.map(({ piece }) => piece.from);
  const isOfStarts = run.every(({ piece }) => piece.units === 1) && (isOfFewServices || run.length === 1);
  if (isOfStarts) return { text: `${column} IN (${starts.map(() => '?').join(',')})`, values: starts };
  const [{ piece: first } = NO_PIECE, { piece: last } = NO_PIECE] = [run[0], run.at(-1)];
  return { text: `${column} >= ? AND ${column} < ?`, values: [first.from, minuteBound(last.to)] };
}

const NO_PIECE: SharedPiece = { piece: { width: 1, units: 0, sign: 1, from: '', to: '' }, uses: [] };

function sharedPieces(pieces: readonly (readonly RangePiece[])[]): SharedPiece[] {
  const shared = new Map<string, SharedPiece>();
  pieces.forEach((all, range) => {
    for (const piece of all) {
      const key = `${String(piece.width)} ${piece.from} ${piece.to}`;
      const known = shared.get(key) ?? { piece, uses: [] };
      shared.set(key, known);
      known.uses.push({ range, sign: piece.sign });
    }
  });
  return [...shared.values()];
}

/**
 * Pieces that follow each other, by one part of the statement each instead of one for each piece: where that does not
 * lead to many more rows, which are then those of single days, hours or minutes.
 */
function runsOf(pieces: readonly SharedPiece[], { by }: SumsRequest): Run[] {
  const runs: SharedPiece[][] = [];
  const sorted = pieces.toSorted(({ piece: one }, { piece: other }) =>
    one.width === other.width ? (one.from < other.from ? -1 : 1) : one.width - other.width,
  );
  for (const next of sorted) {
    const run = runs.at(-1);
    const last = run?.at(-1)?.piece;
    const follows = last?.width === next.piece.width && last.to === next.piece.from;
    const isFew = by === 'severity' || (next.piece.units === 1 && last?.units === 1);
    if (run !== undefined && follows && isFew) run.push(next);
    else runs.push([next]);
  }
  return runs;
}

function countsIn(list: string): [string, number][] {
  const counts: unknown = JSON.parse(list);
  if (typeof counts !== 'object' || counts === null) throw new TypeError('no list of counts');
  return Object.entries(counts).map(([name, counted]) => [name, count({ counted }, 'counted')]);
}

function addTo({ perRange }: KeySums, { uses }: SharedPiece, counted: number): void {
  for (const { range, sign } of uses) perRange[range] = (perRange[range] ?? 0) + sign * counted;
}

/** The piece of a run that a row is of. */
function pieceAt(run: Run, row: Row): SharedPiece {
  const [only = NO_PIECE] = run;
  if (run.length <= 1) return only;
  const started = text(row, 'started');
  let [low, high] = [0, run.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((run[middle]?.piece.from ?? '') <= started) low = middle;
    else high = middle - 1;
  }
  return run[low] ?? only;
}
