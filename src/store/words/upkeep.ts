import type { EntryKey } from '../../query/answers/ports.ts';
import { minuteOf } from '../../query/answers/stretch.ts';
import type { Block } from '../../query/words/block-builder.ts';
import { SLICES, slicesOf } from '../../query/words/groups.ts';
import { count, text, time } from '../rows.ts';
import type { WorkLease } from '../work-leases.ts';
import { filtersOf, fullGroup, nextNumber, placeOfNumber, placeOfRow, removeEmptyGroups } from './groups.ts';
import { rowsOf, WIDTHS, type WordsDatabase, type WordsDialect, type WordsSession } from './session.ts';
import { type Minutes, type Untrusted, untrustedOf } from './untrusted.ts';
import { addWordMinutes, startOfWidth, sums } from './word-minutes.ts';

/** Rows of a statement; slices, and blocks of a transaction: 256 KiB of digits. */
const ROWS_AT_ONCE = 128;
const SLICES_AT_ONCE = 64;
const BLOCKS_AT_ONCE = 4;
/** Slices that are removed in a transaction: of all groups. */
const REMOVED_SLICES = 8;

/** How far the index has come. */
export interface WordsState {
  /** The key of the last row that a block has; undefined: there is no block. */
  readonly front: EntryKey | undefined;
  /** The database's clock. */
  readonly now: string;
  readonly blocks: number;
}

/**
 * Makes the index of words, in transactions that the lease protects. Whatever it leaves half done, as a process
 * that is killed does, is not relied on: readers trust a minute only once its blocks saw as many rows as it has.
 */
export class WordsUpkeep {
  readonly #database: WordsDatabase;
  readonly #lease: WorkLease;

  constructor(database: WordsDatabase, lease: WorkLease) {
    this.#database = database;
    this.#lease = lease;
  }

  /** Where to go on. */
  state(): Promise<WordsState> {
    return this.#database.snapshot((session) => readWordsState(session, this.#database.dialect));
  }

  /**
   * Says that the rows of these minutes are about to be read, those before `keptUpTo` on: from now on every
   * deletion in them is taken off. What was seen of them before counts no more, but for those up to `keptUpTo`.
   */
  announce(minutes: readonly string[], keptUpTo: string | undefined): Promise<void> {
    return this.#transaction(async (session) => {
      const sorted = minutes.toSorted();
      await this.#touchDays(session, sorted);
      const reset = sorted.filter((minute) => keptUpTo === undefined || minute > keptUpTo);
      await this.#forget(session, reset);
      for (const width of [WIDTHS.minute, WIDTHS.hour]) {
        const starts = [...new Set(sorted.map((minute) => startOfWidth(minute, width)))];
        await this.#add(session, width, new Map(starts.map((start) => [start, 0])));
      }
    });
  }

  /** Adds blocks in their order, whose minutes were announced before their rows were read. */
  async addBlocks(blocks: readonly Block[]): Promise<void> {
    for (let start = 0; start < blocks.length; start += BLOCKS_AT_ONCE)
      await this.#addSomeBlocks(blocks.slice(start, start + BLOCKS_AT_ONCE));
  }

  #addSomeBlocks(blocks: readonly Block[]): Promise<void> {
    const minutes = rowsByMinute(blocks);
    return this.#transaction(async (session) => {
      await this.#touchDays(session, [...minutes.keys()]);
      for (const width of [WIDTHS.minute, WIDTHS.hour, WIDTHS.day])
        await this.#add(session, width, sums(minutes, width));
      const next = await nextNumber(session);
      const places = blocks.map((_, index) => placeOfNumber(next + index));
      await session.change(
        `INSERT INTO lms_words_blocks (block_group, place, first_time, first_id, last_time, last_id, row_count)
         VALUES ${rowsOf('(?, ?, ?, ?, ?, ?, ?)', blocks.length)}`,
        blocks.flatMap(({ first, last, rows }, index) => [
          ...(places[index] ?? []),
          ...[first.timestamp, first.eventId, last.timestamp, last.eventId, String(rows)],
        ]),
      );
      await session.change(
        `INSERT INTO lms_words_filters (block_group, place, bits)
         VALUES ${rowsOf(`(?, ?, ${this.#database.dialect.unhex})`, blocks.length)}`,
        blocks.flatMap(({ bits }, index) => [...(places[index] ?? []), Buffer.from(bits).toString('hex')]),
      );
    });
  }

  /** Brings the filters of a group that has all its blocks into slices; resolves to whether there was one. */
  async pack(): Promise<boolean> {
    const group = await this.#database.snapshot(fullGroup);
    if (group === undefined) return false;
    await this.#transaction(async (session) => {
      const filters = await filtersOf(session, group);
      await this.#addSlices(session, group, slicesOf(filters));
      await session.change('DELETE FROM lms_words_filters WHERE block_group = ?', [group]);
    });
    return true;
  }

  /** The hours before that of `front` in which more rows than this are in minutes that are not trusted. */
  async lateHours(front: EntryKey, minRows: number): Promise<readonly Minutes[]> {
    const { dialect } = this.#database;
    return this.#database.snapshot(async (session) => {
      const to = startOfWidth(minuteOf(front.timestamp), WIDTHS.hour);
      const late: Minutes[] = [];
      for (const day of (await untrustedOf(session, dialect, 'day', { from: FIRST, to })).filter(
        isPartlySeen,
      )) {
        const within = { from: day.from, to: day.to < to ? day.to : to };
        const minutes = await untrustedOf(session, dialect, 'minute', within);
        if (minutes.reduce((sum, { rows }) => sum + rows, 0) < minRows) continue;
        const hours = await untrustedOf(session, dialect, 'hour', within);
        late.push(...hours);
      }
      return late;
    });
  }

  /** The first minutes from one to before another that have rows. */
  minutes({ from, to }: Minutes, most: number): Promise<readonly string[]> {
    const { asText } = this.#database.dialect;
    // As text only in the end: ordered by the text, all minutes there are would be read and sorted.
    const sql = `SELECT ${asText('listed.minute')} AS minute FROM (
        SELECT DISTINCT minute FROM service_severity_minutes WHERE minute >= ? AND minute < ?
        ORDER BY service_severity_minutes.minute LIMIT ${most}) AS listed
      ORDER BY listed.minute`;
    return this.#database.snapshot(async (session) =>
      (await session.select(sql, [from, to])).map((row) => text(row, 'minute').slice(0, 19)),
    );
  }

  /** Removes the blocks before the oldest row, and what says how many rows they saw. */
  removeOutlived(): Promise<void> {
    const { asText } = this.#database.dialect;
    return this.#transaction(async (session) => {
      const [row = {}] = await session.select(
        `SELECT ${asText('MIN(minute)')} AS oldest FROM service_severity_minutes`,
      );
      if (row['oldest'] === null) return;
      const day = startOfWidth(text(row, 'oldest'), WIDTHS.day);
      const outlived = 'SELECT block_group, place FROM lms_words_blocks WHERE last_time < ?';
      const blocks = await session.select(`${outlived} LIMIT ${ROWS_AT_ONCE}`, [day]);
      for (const { block_group, place } of blocks.map(placeOfRow)) {
        await session.change('DELETE FROM lms_words_filters WHERE block_group = ? AND place = ?', [
          block_group,
          place,
        ]);
        await session.change('DELETE FROM lms_words_blocks WHERE block_group = ? AND place = ?', [
          block_group,
          place,
        ]);
      }
      await removeEmptyGroups(session, blocks);
      await session.change('DELETE FROM lms_words_minutes WHERE start < ?', [day]);
    });
  }

  /** Removes all of it, in transactions of a bounded size; what is left meanwhile is not relied on. */
  async remove(): Promise<void> {
    await this.#transaction(async (session) => {
      for (const width of [WIDTHS.day, WIDTHS.minute, WIDTHS.hour])
        await session.change('DELETE FROM lms_words_minutes WHERE width = ?', [width]);
      await session.change('DELETE FROM lms_words_blocks', []);
      await session.change('DELETE FROM lms_words_filters', []);
    });
    for (let slice = 0; slice < SLICES; slice += REMOVED_SLICES) {
      await this.#transaction((session) =>
        session.change('DELETE FROM lms_words_slices WHERE slice >= ? AND slice < ?', [
          String(slice),
          String(slice + REMOVED_SLICES),
        ]),
      );
    }
  }

  #transaction<T>(work: (session: WordsSession) => Promise<T>): Promise<T> {
    return this.#database.transaction(this.#lease, work);
  }

  /**
   * Whoever deletes has changed the rows of its days before it looks for their minutes: so one of the two waits
   * for the other, or on a cluster is rolled back.
   */
  async #touchDays(session: WordsSession, minutes: readonly string[]): Promise<void> {
    const days = [...new Set(minutes.map((minute) => startOfWidth(minute, WIDTHS.day)))].sort();
    await this.#add(session, WIDTHS.day, new Map(days.map((day) => [day, 0])));
  }

  async #add(session: WordsSession, width: string, rows: ReadonlyMap<string, number>): Promise<void> {
    await addWordMinutes(session, this.#database.dialect, width, rows);
  }

  /** Takes off what was seen of some minutes, so that it can be counted anew. */
  async #forget(session: WordsSession, minutes: readonly string[]): Promise<void> {
    const seen = new Map<string, number>();
    const { asText, forUpdate } = this.#database.dialect;
    for (let start = 0; start < minutes.length; start += ROWS_AT_ONCE) {
      const some = minutes.slice(start, start + ROWS_AT_ONCE);
      const sql = `SELECT ${asText('start')} AS start, rows_at_build FROM lms_words_minutes
        WHERE width = 1 AND start IN (${rowsOf('?', some.length)}) AND rows_at_build <> 0 ORDER BY start ${forUpdate}`;
      for (const row of await session.select(sql, some))
        seen.set(text(row, 'start').slice(0, 19), -count(row, 'rows_at_build'));
    }
    for (const width of [WIDTHS.minute, WIDTHS.hour, WIDTHS.day])
      await this.#add(session, width, sums(seen, width));
  }

  async #addSlices(session: WordsSession, group: string, slices: readonly Uint8Array[]): Promise<void> {
    const { onConflict, inserted, unhex } = this.#database.dialect;
    for (let start = 0; start < slices.length; start += SLICES_AT_ONCE) {
      const some = slices.slice(start, start + SLICES_AT_ONCE);
      const sql = `INSERT INTO lms_words_slices (slice, block_group, bits) VALUES ${rowsOf(`(?, ?, ${unhex})`, some.length)}
        ${onConflict('slice, block_group')} bits = ${inserted('bits')}`;
      const values = some.flatMap((bits, index) => [
        String(start + index),
        group,
        Buffer.from(bits).toString('hex'),
      ]);
      await session.change(sql, values);
    }
  }
}

/** How far an index has come. */
export async function readWordsState(
  session: WordsSession,
  { asText, now }: WordsDialect,
): Promise<WordsState> {
  const [last] = await session.select(
    `SELECT ${asText('last_time')} AS last_time, last_id FROM lms_words_blocks ORDER BY lms_words_blocks.last_time DESC, lms_words_blocks.last_id DESC LIMIT 1`,
  );
  const [row = {}] = await session.select(
    `SELECT ${asText(now)} AS now, (SELECT COUNT(*) FROM lms_words_blocks) AS blocks`,
  );
  const front = last && { timestamp: time(last, 'last_time'), eventId: text(last, 'last_id') };
  return { front, now: time(row, 'now'), blocks: count(row, 'blocks') };
}

const FIRST = '1000-01-01 00:00:00';

function isPartlySeen({ seen }: Untrusted): boolean {
  return seen > 0;
}

function rowsByMinute(blocks: readonly Block[]): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const { minutes } of blocks)
    for (const [minute, seen] of minutes) rows.set(minute, (rows.get(minute) ?? 0) + seen);
  return rows;
}
