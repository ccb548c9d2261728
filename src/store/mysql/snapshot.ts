import { StoreError } from '../../pipeline/ports.ts';
import { exactCount } from '../rows.ts';
import type { Pool } from './driver/pool.ts';
import type { Session } from './driver/session.ts';

/** Lends a session that sees the tables as they were at one moment; it cannot write. */
export async function inSnapshot<T>(pool: Pool, read: (reader: Session) => Promise<T>): Promise<T> {
  const reader = await pool.acquire();
  let finished = false;
  try {
    await reader.run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await reader.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    const result = await read(reader);
    await reader.run('COMMIT');
    finished = true;
    return result;
  } finally {
    if (finished) pool.release(reader);
    else pool.discard(reader);
  }
}

/**
 * Mends something by its difference within one snapshot, in one transaction. What others add meanwhile stays,
 * as long as what is mended and what it is compared with are changed alike. Menders of one name exclude each
 * other: each changes a row of `lms_leases` in its transaction. On one server the second waits for the first.
 * Nodes of a cluster don't see each other's locks: there both go on, and the cluster lets one commit and rolls
 * the other back.
 *
 * An earlier mending must not be missing in the snapshot, one whose reply was lost included: what that did
 * would be done twice. So the snapshot is taken after the row was changed, and must show the epoch that it had
 * before. On a cluster the two connections may be to different nodes, and a mending elsewhere may not have come
 * to either: then the epoch differs or the COMMIT fails, both of which are transient.
 */
export function mendBySnapshot<T>(
  pool: Pool,
  name: 'repair' | 'rollups-filling',
  mend: (reader: Session, writer: Session) => Promise<T>,
): Promise<T> {
  return pool.use(async (writer) => {
    await writer.run('START TRANSACTION');
    await writer.execute('UPDATE lms_leases SET epoch = epoch + 1 WHERE name = ?', [name]);
    const epoch = await epochSeenBy(writer, name);
    const result = await inSnapshot(pool, async (reader) => {
      if ((await epochSeenBy(reader, name)) !== epoch - 1n) throw otherEpoch();
      return mend(reader, writer);
    });
    await writer.run('COMMIT');
    return result;
  });
}

/** How often something was mended, as a session sees it. */
export async function epochSeenBy(
  session: Session,
  name: 'repair' | 'rollups-filling',
  lock: 'FOR UPDATE' | '' = '',
): Promise<bigint> {
  const [row] = await session.select(`SELECT epoch FROM lms_leases WHERE name = ? ${lock}`, [name]);
  if (row === undefined) throw new StoreError('fatal', 'LEASE_MISSING', `lms_leases has no row for ${name}`);
  return exactCount(row, 'epoch');
}

function otherEpoch(): StoreError {
  const message = 'the snapshot is of a node that does not have the same repairs';
  return new StoreError('transient', 'SNAPSHOT_ELSEWHERE', message);
}
