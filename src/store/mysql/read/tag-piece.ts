import type { EntryKey, Piece, PieceRequest, TagPath } from '../../../query/answers/ports.ts';
import { type KnownTag, TagIntersection, tagPieceOf, type TagSql } from '../../tags/tag-path.ts';
import type { Session } from '../driver/session.ts';
import { readEntries } from './read-entries.ts';
import { STORED_TEXTS, withLiterals } from './statements.ts';

const TAG_SQL: TagSql = {
  from: (index, alias) =>
    `service_logs ${alias === undefined ? '' : `AS ${alias} `}FORCE INDEX (\`${index}\`)`,
  time: (column) => `CAST(${column} AS CHAR)`,
  join: 'STRAIGHT_JOIN',
  key: 'PRIMARY',
  columns: STORED_TEXTS,
  ordersServices: false,
};

/** What of a session is used. */
type Reads = Pick<Session, 'query' | 'each'>;

/**
 * A piece by the indexes of tags; undefined if there is none of them any more.
 *
 * Nothing is prepared: a statement that MariaDB executes again, after others have read the column that the
 * indexed ones are made of, makes the values of these anew for each row, at seven times the cost.
 */
export async function tagPiece(
  session: Reads,
  request: PieceRequest,
  path: TagPath,
  known: readonly KnownTag[],
): Promise<Piece | undefined> {
  const intersection = new TagIntersection(request, path, known, TAG_SQL);
  if (!intersection.isPossible) return undefined;
  const end = await endOf(session, intersection);
  const rows = await readEntries(session, { text: withLiterals(intersection.rows(end)) });
  return tagPieceOf(rows, request, end);
}

async function endOf(session: Reads, intersection: TagIntersection): Promise<EntryKey | undefined> {
  if (!intersection.isToBeSampled) return undefined;
  const sampled = intersection.takeSample(await session.query(withLiterals(intersection.sample)));
  if (sampled !== undefined) return sampled ?? undefined;
  return intersection.takeEnd(await session.query(withLiterals(intersection.end)));
}
