import { randomFillSync } from 'node:crypto';
import type { LogEntry } from '../../../logs/entry.ts';
import { StoreError } from '../../../pipeline/ports.ts';
import { Counts } from '../../counts.ts';
import type { Session } from '../driver/session.ts';
import { addCounts } from './add-counts.ts';
import { chunkRows, maxChunkBytes, rowBytes } from './chunks.ts';
import { withoutEarlierRows } from './earlier-rows.ts';
import { encodeRows, rowsBytes } from './encode-rows.ts';
import { newRows, saysAllNew } from './new-rows.ts';
import { insertRows } from './statements.ts';

/** A server that takes less is not set up for its rows: then it is not the row that is to blame. */
const LEAST_PACKET_BYTES = 1024 * 1024;

/**
 * Writes the entries (sorted, each key once) in one transaction; resolves to the number of new rows. On an
 * error the transaction is left open, for the pool to end.
 */
export async function writeBatch(session: Session, entries: readonly LogEntry[]): Promise<number> {
  refuseTooLarge(entries, session.maxPacketBytes);
  const attemptId = freshAttemptId();
  const counts = new Counts();
  await session.run('START TRANSACTION');
  const unknown = await withoutEarlierRows(session, entries);
  const stored = await insertChunks({ session, entries: unknown, attemptId }, counts);
  await addCounts(session, counts);
  await session.run('COMMIT');
  return stored;
}

/**
 * Differs for every attempt, also to write the same batch again: if the reply to a COMMIT is lost, the rows
 * of that attempt are duplicates to the next one. 63 bits: a random number that any integer type of 64 bits
 * holds.
 */
function freshAttemptId(): bigint {
  const [number = 0n] = randomFillSync(new BigUint64Array(1));
  return number >> 1n;
}

/** Entries that are written now, and the number of this attempt to do so. */
interface Attempt {
  readonly session: Session;
  readonly entries: readonly LogEntry[];
  readonly attemptId: bigint;
}

/**
 * Inserts the entries and counts the new rows; resolves to their number. While the server is at work on a
 * chunk, the next is encoded.
 */
async function insertChunks(attempt: Attempt, counts: Counts): Promise<number> {
  const { session, attemptId } = attempt;
  let stored = 0;
  let sent = 0;
  let rows = encodeChunk(attempt, 0);
  while (rows.length > 0) {
    const chunk = rows;
    const inserting = session.pipelinedInsert.send(insertRows(chunk.length));
    // Should the next line fail, nobody waits for the statement any more.
    inserting.catch(() => undefined);
    sent += chunk.length;
    rows = encodeChunk(attempt, sent);
    const answer = await inserting;
    const fresh = saysAllNew(answer, chunk.length) ? chunk : await newRows(session, chunk, attemptId);
    for (const entry of fresh) counts.add(entry);
    stored += fresh.length;
  }
  return stored;
}

/**
 * Encodes some of the entries from `start` on, as many as go in one statement; returns them, none if there
 * are no more.
 */
function encodeChunk({ session, entries, attemptId }: Attempt, start: number): readonly LogEntry[] {
  if (start === entries.length) return [];
  const { pipelinedInsert, maxPacketBytes } = session;
  const rows = entries.slice(start, start + chunkRows(entries, start, maxChunkBytes(maxPacketBytes)));
  pipelinedInsert.encode(rowsBytes(rows), (room) => encodeRows(room, rows, attemptId));
  return rows;
}

/** The server would cut the connection in the middle of such a statement, which looks like an outage. */
function refuseTooLarge(entries: readonly LogEntry[], maxPacketBytes: number): void {
  const tooLarge = entries.find((entry) => rowBytes(entry) > maxPacketBytes);
  if (tooLarge === undefined) return;
  throw new StoreError(
    'row',
    'ENTRY_TOO_LARGE',
    `event ${tooLarge.eventId} takes ${rowBytes(tooLarge)} bytes, the server's max_allowed_packet is ${maxPacketBytes}`,
    { isOfRowAlone: maxPacketBytes >= LEAST_PACKET_BYTES },
  );
}
