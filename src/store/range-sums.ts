import { piecesOf, type RangePiece } from '../query/answers/pieces.ts';
import type { RangeSum, SumsRequest } from '../query/answers/ports.ts';
import type { Sql } from './filter-sql.ts';
import { count, type Row, severity, text } from './rows.ts';
import { minuteBound } from './stretch-sql.ts';

/** A piece, and the ranges that it belongs to: what one gains the one beside it may lose. */
interface SharedPiece {
  readonly piece: RangePiece;
  readonly uses: { readonly range: number; readonly sign: 1 | -1 }[];
}

/** What sums are grouped by, and how a row of them is selected: all have the same columns. */
const GROUPS: Readonly<Record<SumsRequest['by'], { readonly names: string; readonly columns: string }>> = {
  key: { names: 'service_name, severity', columns: 'service_name, severity' },
  service: { names: 'service_name', columns: "service_name, '' AS severity" },
  severity: { names: 'severity', columns: "'' AS service_name, severity" },
};

/** The number of the row that says whether the sums are right. */
const TRUST = -1;

/** One statement for all ranges, so that all that it reads is of one moment, and its answer. */
export class RangeSums {
  readonly #request: SumsRequest;
  readonly #shared: readonly SharedPiece[];
  /** How many pieces each range is made of. */
  readonly #parts: readonly number[];
  readonly #trusted: string | undefined;

  /** `trusted` is the condition under which the sums are right; undefined: always. */
  constructor(request: SumsRequest, trusted: string | undefined) {
    this.#request = request;
    this.#trusted = trusted;
    const shared = new Map<string, SharedPiece>();
    const pieces = request.ranges.map(piecesOf);
    this.#parts = pieces.map(({ length }) => length);
    pieces.forEach((all, range) => {
      for (const piece of all) {
        const key = `${String(piece.width)} ${piece.from} ${piece.to}`;
        const known = shared.get(key) ?? { piece, uses: [] };
        shared.set(key, known);
        known.uses.push({ range, sign: piece.sign });
      }
    });
    this.#shared = [...shared.values()];
  }

  get sql(): Sql {
    const trust = this.#trusted;
    const each = this.#shared.map(({ piece }, index) => this.#pieceSql(piece, index));
    const first =
      trust === undefined
        ? []
        : [`SELECT ${String(TRUST)} AS piece, '' AS service_name, 'debug' AS severity, ${trust} AS counted`];
    return {
      text: [...first, ...each.map(({ text }) => text)].join(' UNION ALL '),
      values: each.flatMap(({ values }) => values),
    };
  }

  /** Undefined if the sums are not right. */
  read(rows: readonly Row[]): readonly RangeSum[] | undefined {
    const trust = rows.find((row) => count(row, 'piece') === TRUST);
    if (this.#trusted !== undefined && (trust === undefined || count(trust, 'counted') !== 1))
      return undefined;
    const sums = new Map<string, RangeSum>();
    const whole: RangeSum[] = [];
    for (const row of rows) {
      const uses = this.#shared[count(row, 'piece')]?.uses ?? [];
      const counted = this.#counted(row);
      const [{ range } = { range: TRUST }] = uses;
      if (this.#parts[range] === 1 && uses.length === 1) whole.push({ ...counted, range });
      else for (const use of uses) addTo(sums, counted, use.range, use.sign);
    }
    return [...whole, ...sums.values()].filter((sum) => sum.count !== 0);
  }

  #counted(row: Row): Omit<RangeSum, 'range'> {
    const { by } = this.#request;
    return {
      serviceName: by === 'severity' ? '' : text(row, 'service_name'),
      severity: by === 'service' ? undefined : severity(row, 'severity'),
      count: count(row, 'counted'),
    };
  }

  #pieceSql({ width, units, from, to }: RangePiece, index: number): Sql {
    const { by, services } = this.#request;
    const isOf = services === undefined ? '' : ` AND service_name IN (${services.map(() => '?').join(', ')})`;
    // Of one start the rows are grouped as the key has them; of a range a database makes a table of them first.
    const isSingle = units === 1;
    const time = (column: string) => (isSingle ? `${column} = ?` : `${column} >= ? AND ${column} < ?`);
    const values = [from, ...(isSingle ? [] : [minuteBound(to)]), ...(services ?? [])];
    const { names, columns } = GROUPS[by];
    const isByService = by !== 'severity';
    // Of each service there are no sums of minutes, which the counts themselves are.
    const text =
      width === 1 && isByService
        ? `SELECT ${String(index)} AS piece, ${columns}, SUM(\`count\`) AS counted
          FROM service_severity_minutes WHERE ${time('minute')}${isOf} GROUP BY ${names}`
        : `SELECT ${String(index)} AS piece, ${columns}, SUM(\`count\`) AS counted FROM lms_rollups
          WHERE width = ${String(width)} AND by_service = ${isByService ? '1' : '0'}
          AND ${time('start')}${isOf} GROUP BY ${names}`;
    return { text, values };
  }
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
