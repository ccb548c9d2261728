import type { EntryKey, Piece, PieceRequest, TagPath } from '../../../query/answers/ports.ts';
import { allOf, filterSql, type Sql } from '../../filter-sql.ts';
import { orderSql } from '../../stretch-sql.ts';
import { endOfFull, keyOf, type KnownTag, TagIntersection, type TagSql } from '../../tags/tag-path.ts';
import type { Session } from '../driver/session.ts';
import { MYSQL } from './dialect.ts';
import { readEntries } from './read-entries.ts';
import { STORED_TEXTS } from './statements.ts';

const TAG_SQL: TagSql = {
  from: (index, alias) =>
    `service_logs ${alias === undefined ? '' : `AS ${alias} `}FORCE INDEX (\`${index}\`)`,
  time: (column) => `CAST(${column} AS CHAR)`,
  ordersServices: false,
};

/** A piece by the indexes of tags; undefined if there is none of them any more. */
export async function tagPiece(
  session: Session,
  request: PieceRequest,
  path: TagPath,
  known: readonly KnownTag[],
): Promise<Piece | undefined> {
  const intersection = new TagIntersection(request, path, known, TAG_SQL);
  if (!intersection.isPossible) return undefined;
  const sampled = intersection.takeSample(await select(session, intersection.sample));
  const end =
    sampled === undefined
      ? intersection.takeEnd(await select(session, intersection.end))
      : (sampled ?? undefined);
  const keys = (await select(session, intersection.keys(end))).map(keyOf);
  const { entries, isCut } = await readEntries(session, rowsOfKeys(keys, request));
  const last = isCut ? entries.at(-1) : (endOfFull(keys, request) ?? end);
  const rowsRead = end === undefined ? keys.length : (request.maxRows ?? keys.length);
  return { entries, end: last && { timestamp: last.timestamp, eventId: last.eventId }, rowsRead };
}

/** The rows of these keys that the filter may match; undefined if there are no keys. */
function rowsOfKeys(keys: readonly EntryKey[], { stretch, filter }: PieceRequest): Sql | undefined {
  const [first] = keys;
  if (first === undefined) return undefined;
  // A few lengths: the server keeps each statement that it has prepared.
  const places = 2 ** Math.ceil(Math.log2(keys.length));
  const padded = [...keys, ...new Array<EntryKey>(places - keys.length).fill(first)];
  const where = allOf([
    {
      text: `(\`timestamp\`, event_id) IN (${padded.map(() => '(?,?)').join(',')})`,
      values: padded.flatMap(({ timestamp, eventId }) => [timestamp, eventId]),
    },
    filterSql(filter, MYSQL),
  ]);
  return {
    text: `SELECT ${STORED_TEXTS} FROM service_logs WHERE ${where.text} ${orderSql(stretch)}`,
    values: where.values,
  };
}

function select(session: Session, { text, values }: Sql): ReturnType<Session['select']> {
  return session.select(text, [...values]);
}
