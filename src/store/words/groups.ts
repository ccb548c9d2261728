import { GROUP_BLOCKS, SLICES } from '../../query/words/groups.ts';
import { count, type Row, text } from '../rows.ts';
import { rowsOf, type WordsSession } from './session.ts';

/** Slices of a statement. */
const SLICES_AT_ONCE = 128;

/** Numbers of blocks only ever grow while there is one: what is left of earlier ones is never taken for another's. */
export async function nextNumber(session: WordsSession): Promise<number> {
  const [last] = await session.select(
    'SELECT block_group, place FROM lms_words_blocks ORDER BY block_group DESC, place DESC LIMIT 1',
  );
  return last === undefined ? 0 : count(last, 'block_group') * GROUP_BLOCKS + count(last, 'place') + 1;
}

/** The group and the place of a block. */
export function placeOfNumber(number: number): readonly [string, string] {
  return [String(Math.floor(number / GROUP_BLOCKS)), String(number % GROUP_BLOCKS)];
}

/** A group that has all its blocks, and their filters one by one. */
export async function fullGroup(session: WordsSession): Promise<string | undefined> {
  const [group] = placeOfNumber(await nextNumber(session));
  const [row = {}] = await session.select(
    'SELECT MIN(block_group) AS block_group FROM lms_words_filters WHERE block_group < ?',
    [group],
  );
  return row['block_group'] === null || row['block_group'] === undefined
    ? undefined
    : String(count(row, 'block_group'));
}

/** The filters of a group, by the places of their blocks. */
export async function filtersOf(
  session: WordsSession,
  group: string,
): Promise<readonly (Uint8Array | undefined)[]> {
  const filters = Array.from<Uint8Array | undefined>({ length: GROUP_BLOCKS });
  const rows = await session.select(
    'SELECT place, HEX(bits) AS bits FROM lms_words_filters WHERE block_group = ?',
    [group],
  );
  for (const row of rows) filters[count(row, 'place')] = Buffer.from(text(row, 'bits'), 'hex');
  return filters;
}

/** Where a block is, as a row says it. */
export function placeOfRow(row: Row): { readonly block_group: string; readonly place: string } {
  return { block_group: String(count(row, 'block_group')), place: String(count(row, 'place')) };
}

/** The slices of groups that have no block any more. */
export async function removeEmptyGroups(session: WordsSession, removed: readonly Row[]): Promise<void> {
  for (const group of new Set(removed.map((row) => placeOfRow(row).block_group))) {
    const [left] = await session.select('SELECT place FROM lms_words_blocks WHERE block_group = ? LIMIT 1', [
      group,
    ]);
    if (left !== undefined) continue;
    for (let slice = 0; slice < SLICES; slice += SLICES_AT_ONCE) {
      const slices = Array.from({ length: SLICES_AT_ONCE }, (_, index) => String(slice + index));
      await session.change(
        `DELETE FROM lms_words_slices WHERE slice IN (${rowsOf('?', slices.length)}) AND block_group = ?`,
        [...slices, group],
      );
    }
  }
}
