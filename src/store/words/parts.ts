import type { WordParts, WordPartsRequest } from '../../query/answers/ports.ts';
import { timeBehind } from '../../query/answers/stretch.ts';
import type { Time } from '../../query/answers/time-range.ts';
import { type BlockSet, blocksWith, GROUP_BLOCKS, placeOf } from '../../query/words/groups.ts';
import { wordsIn } from '../../query/words/needed-words.ts';
import { positionsOf } from '../../query/words/word-filter.ts';
import { count, text, time } from '../rows.ts';
import { minuteBound } from '../stretch-sql.ts';
import type { WordsDialect, WordsSession } from './session.ts';
import { untrustedTimes } from './untrusted.ts';

/** More blocks are not asked for one by one. */
const MAX_NAMED_BLOCKS = 64;
/** Bits of a statement that reads slices. */
const MAX_POSITIONS = 64;

interface BlockPlace {
  readonly group: number;
  readonly place: number;
}

/**
 * The parts of a time, in whole days, in which rows may be that have the words: the blocks that may have them,
 * and what no block has seen. All is read within one snapshot. Undefined: there is no index, or the counts that
 * tell whether it is right are not to be relied on.
 */
export async function readWordParts(
  session: WordsSession,
  dialect: WordsDialect,
  request: WordPartsRequest,
): Promise<WordParts | undefined> {
  const [state] = await session.select(
    `SELECT ${dialect.rollupsTrusted} AS trusted, (SELECT COUNT(*) FROM (SELECT 1 AS one FROM lms_word_blocks LIMIT 1) AS any_block) AS blocks`,
  );
  if (state === undefined || count(state, 'trusted') !== 1 || count(state, 'blocks') === 0) return undefined;
  const untrusted = await untrustedTimes(session, dialect, request);
  const blocks = await blocksOf(session, request);
  const parts = blocks.length === 0 ? [] : await timesOf(session, dialect, request, blocks);
  return { parts: [...untrusted, ...parts].toSorted((one, other) => (one.from < other.from ? -1 : 1)) };
}

/** The blocks in a time whose filters have what is needed. */
async function blocksOf(session: WordsSession, request: WordPartsRequest): Promise<BlockPlace[]> {
  const groups = (
    await session.select(
      'SELECT DISTINCT block_group FROM lms_word_blocks WHERE last_time >= ? AND first_time < ?',
      [request.from, minuteBound(request.to)],
    )
  ).map((row) => count(row, 'block_group'));
  if (groups.length === 0) return [];
  const span = [String(Math.min(...groups)), String(Math.max(...groups))] as const;
  const positions = [...new Set(wordsIn(request.need).flatMap(positionsOf))];
  const sets = new Map<number, Map<number, BlockSet>>(groups.map((group) => [group, new Map()]));
  const add = (group: number, position: number, set: BlockSet) => {
    const known = sets.get(group);
    known?.set(position, (known.get(position) ?? 0n) | set);
  };
  for (let start = 0; start < positions.length; start += MAX_POSITIONS)
    await readSlices(session, positions.slice(start, start + MAX_POSITIONS), span, add);
  await readFilters(session, positions, span, add);
  return [...sets].flatMap(([group, bits]) =>
    placesIn(blocksWith(request.need, (position) => bits.get(position) ?? 0n)).map((place) => ({
      group,
      place,
    })),
  );
}

type AddBits = (group: number, position: number, set: BlockSet) => void;

/** Of groups that are full. */
async function readSlices(
  session: WordsSession,
  positions: readonly number[],
  span: readonly [string, string],
  add: AddBits,
): Promise<void> {
  const each = positions.map(
    (_, index) => `SELECT ${index} AS probe, block_group, HEX(SUBSTR(bits, ?, 8)) AS bits FROM lms_word_slices
      WHERE slice = ? AND block_group >= ? AND block_group <= ?`,
  );
  const values = positions.flatMap((position) => {
    const { slice, byte } = placeOf(position);
    return [String(byte + 1), String(slice), ...span];
  });
  for (const row of await session.select(each.join(' UNION ALL '), values)) {
    const position = positions[count(row, 'probe')] ?? 0;
    add(count(row, 'block_group'), position, Buffer.from(text(row, 'bits'), 'hex').readBigUInt64LE());
  }
}

/** Of the group that is not full yet. */
async function readFilters(
  session: WordsSession,
  positions: readonly number[],
  span: readonly [string, string],
  add: AddBits,
): Promise<void> {
  const columns = positions.map((_, index) => `HEX(SUBSTR(bits, ?, 1)) AS bits${index}`).join(', ');
  const rows = await session.select(
    `SELECT block_group, place, ${columns} FROM lms_word_filters WHERE block_group >= ? AND block_group <= ?`,
    [...positions.map((position) => String((position >> 3) + 1)), ...span],
  );
  for (const row of rows) {
    const [group, place] = [count(row, 'block_group'), count(row, 'place')];
    positions.forEach((position, index) => {
      const byte = Number.parseInt(text(row, `bits${index}`), 16);
      if ((byte & (1 << (position & 7))) !== 0) add(group, position, 1n << BigInt(place));
    });
  }
}

function placesIn(set: BlockSet): number[] {
  if (set === 0n) return [];
  return Array.from({ length: GROUP_BLOCKS }, (_, place) => place).filter(
    (place) => (set >> BigInt(place)) & 1n,
  );
}

/** From the time of a block's first row to behind that of its last, within what is asked for. */
async function timesOf(
  session: WordsSession,
  { asText }: WordsDialect,
  { from, to }: WordPartsRequest,
  blocks: readonly BlockPlace[],
): Promise<readonly Time[]> {
  const isNamed = blocks.length <= MAX_NAMED_BLOCKS;
  const named = blocks.map(() => '(block_group = ? AND place = ?)').join(' OR ');
  const sql = `SELECT block_group, place, ${asText('first_time')} AS first_time, ${asText('last_time')} AS last_time
    FROM lms_word_blocks WHERE ${isNamed ? named : 'last_time >= ? AND first_time < ?'}`;
  const values = isNamed
    ? blocks.flatMap(({ group, place }) => [String(group), String(place)])
    : [from, minuteBound(to)];
  const wanted = new Set(blocks.map(({ group, place }) => group * GROUP_BLOCKS + place));
  return (await session.select(sql, values))
    .filter((row) => wanted.has(count(row, 'block_group') * GROUP_BLOCKS + count(row, 'place')))
    .map((row) => ({ from: time(row, 'first_time'), to: timeBehind(time(row, 'last_time')) }));
}
