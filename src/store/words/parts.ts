import type { WordParts, WordPartsRequest } from '../../query/answers/ports.ts';
import { timeBehind } from '../../query/answers/stretch.ts';
import type { Time } from '../../query/answers/time-range.ts';
import { BIT_BYTES, type BlockSet, GROUP_BLOCKS, placeOf } from '../../query/words/groups.ts';
import { SLICE_BITS } from '../../query/words/word-filter.ts';
import { count, type Row, text, time } from '../rows.ts';
import { minuteBound } from '../stretch-sql.ts';
import type { WordsDialect, WordsSession } from './session.ts';
import { untrustedTimes } from './untrusted.ts';
import { type BlockPlace, WordBlocks } from './word-blocks.ts';

/** More blocks are not asked for one by one. */
const MAX_NAMED_BLOCKS = 64;
/** So many blocks for each group that there is take a fraction of what reading all groups takes. */
const LISTED_OF_GROUP = 2;
const MIN_LISTED_BLOCKS = 64;
/** Words of a statement that reads slices. */
const WORDS_AT_ONCE = 8;

/** The first and the last of some groups. */
type Span = readonly [string, string];

/** Other than usual. */
export interface PartsLimits {
  /** Of more blocks all groups are read, whether or not they have a block in the time. */
  readonly maxListedBlocks?: number;
}

/**
 * The parts of a time, in whole days, in which rows may be that have the words: the blocks that may have them,
 * and what no block has seen. All is read within one snapshot. Undefined: there is no index, or the counts that
 * tell whether it is right are not to be relied on.
 */
export async function readWordParts(
  session: WordsSession,
  dialect: WordsDialect,
  request: WordPartsRequest & PartsLimits,
): Promise<WordParts | undefined> {
  const [state] = await session.select(
    `SELECT ${dialect.rollupsTrusted} AS trusted, (SELECT COUNT(*) FROM (SELECT 1 AS one FROM lms_words_blocks LIMIT 1) AS any_block) AS blocks`,
  );
  if (state === undefined || count(state, 'trusted') !== 1 || count(state, 'blocks') === 0) return undefined;
  const untrusted = await untrustedTimes(session, dialect, request);
  const blocks = await blocksOf(session, dialect, request);
  const parts = blocks.length === 0 ? [] : await timesOf(session, dialect, request, blocks);
  return { parts: [...untrusted, ...parts].toSorted((one, other) => (one.from < other.from ? -1 : 1)) };
}

/** The blocks whose filters have what is needed, of all groups that have a block in a time. */
async function blocksOf(
  session: WordsSession,
  dialect: WordsDialect,
  { maxListedBlocks, ...request }: WordPartsRequest & PartsLimits,
): Promise<BlockPlace[]> {
  const span = await groupsIn(session, request, maxListedBlocks);
  if (span === undefined) return [];
  const words = new WordBlocks(request.need);
  for (let start = 0; start < words.all.length; start += WORDS_AT_ONCE)
    await readSlices(session, dialect, { words, numbers: words.numbers(start, WORDS_AT_ONCE), span });
  await readFilters(session, words, span);
  return words.found();
}

/**
 * The first and the last group that have a block in a time. If these are many blocks, of all groups: to look at
 * each block for the few groups that this might leave out takes longer than to read them.
 */
async function groupsIn(
  session: WordsSession,
  { from, to }: WordPartsRequest,
  maxListedBlocks: number | undefined,
): Promise<Span | undefined> {
  const [all = {}] = await session.select(`SELECT ${FIRST_AND_LAST} FROM lms_words_blocks`);
  const span = spanOf(all);
  if (span === undefined) return undefined;
  const groups = Number(span[1]) - Number(span[0]) + 1;
  const most = maxListedBlocks ?? Math.max(MIN_LISTED_BLOCKS, groups * LISTED_OF_GROUP);
  const [listed = {}] = await session.select(
    `SELECT ${FIRST_AND_LAST}, COUNT(*) AS blocks FROM (
        SELECT block_group FROM lms_words_blocks WHERE last_time >= ? AND first_time < ? LIMIT ${most}
      ) AS listed`,
    [from, minuteBound(to)],
  );
  return count(listed, 'blocks') < most ? spanOf(listed) : span;
}

const FIRST_AND_LAST = 'MIN(block_group) AS first_group, MAX(block_group) AS last_group';

function spanOf(row: Row): Span | undefined {
  if (row['first_group'] === null || row['first_group'] === undefined) return undefined;
  return [String(count(row, 'first_group')), String(count(row, 'last_group'))];
}

interface SlicesRequest {
  readonly words: WordBlocks;
  readonly numbers: readonly number[];
  readonly span: Span;
}

/** Of groups that are full. */
async function readSlices(
  session: WordsSession,
  { hexOf }: WordsDialect,
  { words, numbers, span }: SlicesRequest,
): Promise<void> {
  const each = numbers.map((number) => {
    const bits = words.positionsOf(number).map(() => `SUBSTR(bits, ?, ${BIT_BYTES})`);
    return `SELECT ${number} AS word, block_group, ${hexOf(bits)} AS bits FROM lms_words_slices
      WHERE slice = ? AND block_group >= ? AND block_group <= ?`;
  });
  const values = numbers.flatMap((number) => {
    const places = words.positionsOf(number).map(placeOf);
    return [...places.map(({ byte }) => String(byte + 1)), String(places[0]?.slice), ...span];
  });
  for (const row of await session.select(each.join(' UNION ALL '), values)) {
    const bits = Buffer.from(text(row, 'bits'), 'hex');
    let set: BlockSet = -1;
    for (let at = 0; at < bits.length; at += BIT_BYTES) set &= bits.readInt32LE(at);
    words.add(count(row, 'word'), count(row, 'block_group'), set);
  }
}

/** Of the group that is not full yet. */
async function readFilters(session: WordsSession, words: WordBlocks, span: Span): Promise<void> {
  const starts = words.all.map((_, number) => (words.positionsOf(number)[0] ?? 0) & -SLICE_BITS);
  const columns = starts.map((_, number) => `HEX(SUBSTR(bits, ?, ${SLICE_BITS / 8})) AS bits${number}`);
  const rows = await session.select(
    `SELECT block_group, place, ${columns.join(', ')} FROM lms_words_filters WHERE block_group >= ? AND block_group <= ?`,
    [...starts.map((start) => String(start / 8 + 1)), ...span],
  );
  for (const row of rows) {
    starts.forEach((start, number) => {
      const bits = Buffer.from(text(row, `bits${number}`), 'hex');
      const isSet = (position: number) =>
        ((bits[(position - start) >> 3] ?? 0) & (1 << (position & 7))) !== 0;
      if (words.positionsOf(number).every(isSet))
        words.add(number, count(row, 'block_group'), 1 << count(row, 'place'));
    });
  }
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
    FROM lms_words_blocks WHERE ${isNamed ? named : 'last_time >= ? AND first_time < ?'}`;
  const values = isNamed
    ? blocks.flatMap(({ group, place }) => [String(group), String(place)])
    : [from, minuteBound(to)];
  const wanted = new Set(blocks.map(({ group, place }) => group * GROUP_BLOCKS + place));
  return (await session.select(sql, values))
    .filter((row) => wanted.has(count(row, 'block_group') * GROUP_BLOCKS + count(row, 'place')))
    .map((row) => ({ from: time(row, 'first_time'), to: timeBehind(time(row, 'last_time')) }));
}
