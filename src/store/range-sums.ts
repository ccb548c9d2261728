import { piecesOf, type RangePiece } from '../query/answers/pieces.ts';
import type { RangeSum, SumsRequest } from '../query/answers/ports.ts';
import type { Sql } from './filter-sql.ts';
import { count, type Row, severity, text } from './rows.ts';
import { ROLLUP_LEVELS, type RollupLevel } from './rollups.ts';
import { minuteBound } from './stretch-sql.ts';

/** A piece, and the ranges that it belongs to: what one gains the one beside it may lose. */
interface SharedPiece {
  readonly piece: RangePiece;
  readonly uses: { readonly range: number; readonly sign: 1 | -1 }[];
}

/** Pieces that follow each other, read together: in the order of their times, at least one. */
type Run = readonly SharedPiece[];

/** What sums are grouped by, and how a row of them is selected: all have the same columns. */
const GROUPS: Readonly<Record<SumsRequest['by'], { readonly names: string; readonly columns: string }>> = {
  key: { names: 'service_name, severity', columns: 'service_name, severity' },
  service: { names: 'service_name', columns: "service_name, '' AS severity" },
  // Of all services the name is the same, and the rows are in the order of the key.
  severity: { names: 'service_name, severity', columns: 'service_name, severity' },
};

/** Of so many the rows are looked up one by one. */
const FEW_SERVICES = 10;

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
  /** How many pieces each range is made of. */
  readonly #parts: readonly number[];
  readonly #trusted: string | undefined;

  constructor(request: SumsRequest, { trusted, hasServiceSums }: KeptSums) {
    this.#request = request;
    this.#level = levelOf(request, hasServiceSums);
    this.#trusted = trusted;
    const pieces = request.ranges.map(piecesOf);
    this.#parts = pieces.map(({ length }) => length);
    this.#runs = runsOf(sharedPieces(pieces), request);
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

  /** Undefined if the sums are not right. */
  read(rows: readonly Row[]): readonly RangeSum[] | undefined {
    const trust = rows.find((row) => count(row, 'run') === TRUST);
    if (this.#trusted !== undefined && (trust === undefined || count(trust, 'counted') !== 1))
      return undefined;
    const sums = new Map<string, RangeSum>();
    const whole: RangeSum[] = [];
    for (const row of rows) {
      const piece = this.#pieceOf(row);
      if (piece === undefined) continue;
      const { uses } = piece;
      const counted = this.#counted(row);
      const [{ range } = { range: TRUST }] = uses;
      const isWhole = piece.piece.units === 1 && uses.length === 1 && this.#parts[range] === 1;
      if (isWhole) whole.push({ ...counted, range });
      else for (const use of uses) addTo(sums, counted, use.range, use.sign);
    }
    return [...whole, ...sums.values()].filter((sum) => sum.count !== 0);
  }

  #pieceOf(row: Row): SharedPiece | undefined {
    const run = this.#runs[count(row, 'run')] ?? [];
    if (run.length <= 1) return run[0];
    const started = text(row, 'started');
    let [low, high] = [0, run.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((run[middle]?.piece.from ?? '') <= started) low = middle;
      else high = middle - 1;
    }
    return run[low];
  }

  #counted(row: Row): Omit<RangeSum, 'range'> {
    const { by } = this.#request;
    return {
      serviceName: by === 'severity' ? '' : text(row, 'service_name'),
      severity: by === 'service' ? undefined : severity(row, 'severity'),
      count: count(row, 'counted'),
    };
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
    const isSummed = this.#isSummed(run);
    const groups = run.length === 1 ? names : `${time}, ${names}`;
    return {
      text: `SELECT ${String(index)} AS run, ${started} AS started, ${columns}, ${isSummed ? '`count`' : 'SUM(`count`)'} AS counted
        FROM ${table} ${when.text}${isOf}${isSummed ? '' : ` GROUP BY ${groups}`}`,
      values: [...when.values, ...(services ?? [])],
    };
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

function addTo(
  sums: Map<string, RangeSum>,
  counted: Omit<RangeSum, 'range'>,
  range: number,
  sign: 1 | -1,
): void {
  const key = `${String(range)} ${counted.severity ?? ''} ${counted.serviceName}`;
  const before = sums.get(key)?.count ?? 0;
  sums.set(key, { ...counted, range, count: before + sign * counted.count });
}
