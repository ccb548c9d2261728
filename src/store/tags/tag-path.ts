import type { StoredEntry } from '../../logs/entry.ts';
import type { EntryKey, Order, Piece, PieceRequest, Selection, TagPath } from '../../query/answers/ports.ts';
import { allOf, anyOf, type Sql, TRUE } from '../filter-sql.ts';
import { lastInOrder } from '../reading.ts';
import { type Row, text } from '../rows.ts';
import { orderSql, stretchSql, timeOrderSql } from '../stretch-sql.ts';
import { heldValues, UNDECIDED } from './tag-index.ts';

/** Rows of each index that are looked at to see which of them leads to the fewest. */
const SAMPLE_ROWS = 200;
/** Rows of an index that a piece looks at if it is not told how many. */
const USUAL_ROWS = 1_000;
/** Of services and severities no more are probed for, one by one. */
const MAX_PROBED_PAIRS = 4;

/** How a database says what differs from one to the other. */
export interface TagSql {
  /** `service_logs`, under another name if one is given, read by this index alone. */
  readonly from: (index: string, alias?: string) => string;
  /** A time as text. */
  readonly time: (column: string) => string;
  /** Joins in the order in which tables are written. */
  readonly join: string;
  /** The index of the key. */
  readonly key: string;
  /** What `storedEntry` reads. */
  readonly columns: string;
  /** Whether an index of services gives the rows of one time in the order of their ids. */
  readonly ordersServices: boolean;
}

/** An index of a tag as a reader knows it. */
export interface KnownTag {
  readonly tag: string;
  readonly index: string;
  /** What the index holds, of the table under a name. */
  readonly value: (table: string) => string;
}

/** What one index is asked for: rows with any of some values. */
interface Condition {
  readonly index: string;
  readonly alternatives: readonly Alternative[];
  /** Where the rows are whose value the index cannot tell. */
  readonly undecided: Alternative | undefined;
  readonly isOrdered: boolean;
}

/** Rows with one value, of the table under a name. */
type Alternative = (table: string) => Sql;

/** The rows of some indexes that lie in all of them. */
export class TagIntersection {
  readonly #sql: TagSql;
  readonly #request: PieceRequest;
  #conditions: readonly Condition[];

  constructor(request: PieceRequest, path: TagPath, known: readonly KnownTag[], sql: TagSql) {
    this.#sql = sql;
    this.#request = request;
    const tags = path.tags.flatMap(({ name, texts }) => {
      const tag = known.find((each) => each.tag === name);
      return tag === undefined ? [] : [tagCondition(tag, texts)];
    });
    const { selection } = path;
    this.#conditions = selection === undefined ? tags : [...tags, this.#serviceCondition(selection)];
  }

  /** Asks where about the first so many rows of each index end, and whether some of its rows are undecided. */
  get sample(): Sql {
    const rows = this.#sampleRows;
    const ends = this.#conditions.flatMap((condition, of) =>
      condition.alternatives.map((each) => this.#end(condition, each, { rows, label: String(of) })),
    );
    const undecided = this.#conditions.flatMap((condition, of) =>
      condition.undecided === undefined
        ? []
        : [this.#end(condition, condition.undecided, { rows: 1, label: `${of}u` })],
    );
    return unionOf([...ends, ...undecided]);
  }

  /**
   * Reads the answer to `sample`: the index that leads to the fewest rows comes first from now on. Returns where
   * a piece of its rows ends if that is known: null if it has no end, undefined if `end` is to be asked.
   */
  takeSample(rows: readonly Row[]): EntryKey | null | undefined {
    const { order } = this.#request.stretch;
    const labels = rows.map((row) => ({ label: text(row, 'label'), key: keyOf(row) }));
    const sampled = this.#conditions.map((condition, of) => {
      const ends = labels.filter(({ label }) => label === String(of)).map(({ key }) => key);
      const isDecided = !labels.some(({ label }) => label === `${of}u`);
      return {
        condition: isDecided ? { ...condition, undecided: undefined } : condition,
        end: nearest(ends, order),
      };
    });
    const byRarity = sampled.toSorted((one, other) => compareEnds(one.end, other.end, order));
    this.#conditions = byRarity.map(({ condition }) => condition);
    const [leader] = byRarity;
    if (leader === undefined || leader.condition.undecided !== undefined) return undefined;
    if (leader.end === undefined) return null;
    return this.#maxRows <= SAMPLE_ROWS ? leader.end : undefined;
  }

  /** Asks where the piece ends. */
  get end(): Sql {
    const leader = this.#leader;
    const rows = this.#maxRows;
    return unionOf(alternativesOf(leader).map((each) => this.#end(leader, each, { rows, label: '' })));
  }

  /** Reads the answer to `end`. */
  takeEnd(rows: readonly Row[]): EntryKey | undefined {
    return nearest(rows.map(keyOf), this.#request.stretch.order);
  }

  /**
   * Asks for the piece's rows that lie in all of the indexes, no more than entries are wanted: for their keys
   * alone, and then for each row, so that nothing else is read of the table.
   */
  rows(end: EntryKey | undefined): Sql {
    const { stretch, maxEntries } = this.#request;
    const { columns, from, join, key } = this.#sql;
    const leader = this.#leader;
    const place = stretchSql(stretch, end);
    const others = this.#conditions.slice(1).filter(isProbed);
    const [joined, probed] = [others.filter(hasOneValue), others.filter((each) => !hasOneValue(each))];
    const joins = joined.map((each, at) => this.#join(each, `joined${at}`));
    const each = alternativesOf(leader).map((alternative) => {
      const where = allOf([
        alternative('service_logs'),
        place,
        ...joins.map(({ on }) => on),
        ...probed.map((condition) => this.#probe(condition)),
      ]);
      const keys = `SELECT service_logs.\`timestamp\` AS found_time, service_logs.event_id AS found_id
        FROM ${[from(leader.index), ...joins.map((other) => other.from)].join(` ${join} `)}`;
      return {
        text: `${keys} WHERE ${where.text} ${orderSql(stretch)} LIMIT ${maxEntries}`,
        values: where.values,
      };
    });
    const { text: found, values } = unionOf(each);
    const sign = stretch.order === 'newest' ? ' DESC' : '';
    const order = `ORDER BY found_time${sign}, found_id${sign}`;
    return {
      text: `SELECT ${columns} FROM (SELECT * FROM (${found}) AS every ${order} LIMIT ${maxEntries}) AS found
        ${join} ${from(key)} ON service_logs.\`timestamp\` = found_time AND service_logs.event_id = found_id ${order}`,
      values,
    };
  }

  /** Whether it has to be seen which index leads to the fewest rows. */
  get isToBeSampled(): boolean {
    return this.#conditions.length > 1;
  }

  /** Whether an index is left to go by. */
  get isPossible(): boolean {
    return this.#conditions.length > 0;
  }

  get #maxRows(): number {
    return this.#request.maxRows ?? USUAL_ROWS;
  }

  get #sampleRows(): number {
    return Math.min(SAMPLE_ROWS, this.#maxRows);
  }

  get #leader(): Condition {
    const [leader] = this.#conditions;
    if (leader === undefined) throw new TypeError('no index');
    return leader;
  }

  #serviceCondition({ services, severities }: Selection): Condition {
    const alternatives = services.flatMap((service) =>
      severities.map((severity) => (table: string) => ({
        text: `${table}.service_name = ? AND ${table}.severity = ?`,
        values: [service, severity],
      })),
    );
    const isOrdered = this.#sql.ordersServices;
    return { index: 'by_service', alternatives, undecided: undefined, isOrdered };
  }

  #select({ index }: Condition, label: string): string {
    const { from, time } = this.#sql;
    return `SELECT '${label}' AS label, ${time('service_logs.`timestamp`')} AS key_time, service_logs.event_id AS key_id
      FROM ${from(index)}`;
  }

  #end(
    condition: Condition,
    alternative: Alternative,
    { rows, label }: { readonly rows: number; readonly label: string },
  ): Sql {
    const { stretch } = this.#request;
    const where = allOf([alternative('service_logs'), stretchSql(stretch)]);
    const order = condition.isOrdered ? orderSql(stretch) : timeOrderSql(stretch);
    return {
      text: `${this.#select(condition, label)} WHERE ${where.text} ${order} LIMIT 1 OFFSET ${rows - 1}`,
      values: where.values,
    };
  }

  /** The same row in another index. */
  #join(condition: Condition, alias: string): { readonly from: string; readonly on: Sql } {
    const [holds] = alternativesOf(condition);
    const value = holds?.(alias) ?? TRUE;
    return {
      from: this.#sql.from(condition.index, alias),
      on: {
        text: `${value.text} AND ${alias}.\`timestamp\` = service_logs.\`timestamp\` AND ${alias}.event_id = service_logs.event_id`,
        values: value.values,
      },
    };
  }

  /** At several times the cost of a join, which could be by one value alone. Not EXISTS: MariaDB would make a table of all rows of the other index. */
  #probe(condition: Condition): Sql {
    const from = this.#sql.from(condition.index, 'probed');
    return anyOf(
      alternativesOf(condition).map((alternative) => {
        const { text: test, values } = alternative('probed');
        return {
          text: `(SELECT 1 FROM ${from} WHERE ${test} AND probed.\`timestamp\` = service_logs.\`timestamp\`
            AND probed.event_id = service_logs.event_id LIMIT 1) IS NOT NULL`,
          values,
        };
      }),
    );
  }
}

function tagCondition({ index, value }: KnownTag, texts: readonly string[]): Condition {
  const holds =
    (held: string): Alternative =>
    (table) => ({ text: `${value(table)} = ?`, values: [held] });
  const held = heldValues(texts);
  // Twice in a union, a row would be found twice.
  const undecided = held.includes(UNDECIDED) ? undefined : holds(UNDECIDED);
  return { index, alternatives: held.map(holds), undecided, isOrdered: true };
}

function alternativesOf({ alternatives, undecided }: Condition): readonly Alternative[] {
  return undecided === undefined ? alternatives : [...alternatives, undecided];
}

function hasOneValue(condition: Condition): boolean {
  return alternativesOf(condition).length === 1;
}

/** What is not probed for is looked for in the rows. */
function isProbed({ index, alternatives }: Condition): boolean {
  return index !== 'by_service' || alternatives.length <= MAX_PROBED_PAIRS;
}

/** Each is a table of its own, for a database sorts and bounds a part of a union in no other way. */
function unionOf(selects: readonly Sql[]): Sql {
  return {
    text: selects.map(({ text: select }, at) => `SELECT * FROM (${select}) AS part${at}`).join(' UNION ALL '),
    values: selects.flatMap(({ values }) => values),
  };
}

/** Behind the first of some ends, rows of that alternative would be missing. */
function nearest(ends: readonly EntryKey[], order: Order): EntryKey | undefined {
  return ends.length === 0 ? undefined : lastInOrder(ends, order === 'newest' ? 'oldest' : 'newest');
}

/** Negative if the first end is further: the rows up to there lie less dense. */
function compareEnds(one: EntryKey | undefined, other: EntryKey | undefined, order: Order): number {
  if (one === undefined || other === undefined)
    return Number(one !== undefined) - Number(other !== undefined);
  if (one.timestamp === other.timestamp) return 0;
  return one.timestamp < other.timestamp === (order === 'newest') ? -1 : 1;
}

function keyOf(row: Row): EntryKey {
  return { timestamp: text(row, 'key_time'), eventId: text(row, 'key_id') };
}

/** What is found of a piece that ends at `end`, if it ends at all, from its rows; `isCut`: there were more. */
export function tagPieceOf(
  { entries, isCut }: { readonly entries: readonly StoredEntry[]; readonly isCut: boolean },
  { maxEntries, maxRows }: PieceRequest,
  end: EntryKey | undefined,
): Piece {
  const last = isCut || entries.length === maxEntries ? entries.at(-1) : end;
  const rowsRead = end === undefined ? entries.length : (maxRows ?? entries.length);
  return { entries, end: last && { timestamp: last.timestamp, eventId: last.eventId }, rowsRead };
}
