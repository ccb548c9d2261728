import type { Readable } from 'node:stream';
import type { Row } from '../columns.ts';

/**
 * The rows of a stream, as long as none keeps us waiting for more than `timeoutMs` (0: for ever): then it fails as a statement
 * does that timed out. How long a row is looked at does not count, for the output may be slow.
 */
export async function* rowsInTime(stream: Readable, timeoutMs: number): AsyncGenerator<Row> {
  const rows: AsyncIterable<Row> = stream;
  const wait = () => (timeoutMs === 0 ? undefined : setTimeout(() => stream.destroy(silence()), timeoutMs));
  let waiting = wait();
  try {
    for await (const row of rows) {
      clearTimeout(waiting);
      yield row;
      waiting = wait();
    }
  } finally {
    clearTimeout(waiting);
  }
}

/** As mysql2 says it of other statements. */
function silence(): Error {
  return Object.assign(new Error('the server sends no more rows'), { code: 'PROTOCOL_SEQUENCE_TIMEOUT' });
}
