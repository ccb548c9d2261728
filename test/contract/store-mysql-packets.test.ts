import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import { encodeRows, rowsBytes } from '../../src/store/mysql/write/encode-rows.ts';
import type { Store } from '../../src/store/store.ts';
import { entry } from './store-entries.ts';
import { mysqlSubject, type StoreSubject } from './store-subject.ts';

/** The protocol's packets have up to this many bytes after their header; what is longer goes in several. */
const MAX_PACKET_BYTES = 0xff_ffff;
const HEADER_BYTES = 4;

describe('MySQL: an entry whose statement has about as many bytes as a packet of the protocol takes', () => {
  let subject: StoreSubject<MySqlTarget>;
  let store: Store;
  let before: string;

  beforeAll(async () => {
    subject = await mysqlSubject();
    const [row] = await subject.sql('SELECT @@GLOBAL.max_allowed_packet AS bytes');
    before = String(row?.['bytes']);
    await subject.sql(`SET GLOBAL max_allowed_packet = ${64 * 1024 * 1024}`);
    store = await subject.open();
    await store.migrate();
  });
  afterAll(async () => {
    await subject.sql(`SET GLOBAL max_allowed_packet = ${before}`);
    await subject.dispose();
  });

  const around = [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4].map((more) => MAX_PACKET_BYTES + more);
  const twice = [-1, 0].map((more) => 2 * MAX_PACKET_BYTES + more);
  const sizes = [...around, 17 * 1024 * 1024, ...twice];

  it.each(sizes)('is stored whole: %i bytes', async (bytes) => {
    const large = entryOfPacket(bytes, `of-${bytes}`);
    expect(await store.write([large])).toEqual({ stored: 1, duplicates: 0 });
    const [row] = await subject.sql(
      `SELECT LENGTH(payload) AS payload, LENGTH(tags) AS tags FROM service_logs WHERE event_id = 'of-${bytes}'`,
    );
    expect(row).toEqual({ payload: large.payload.length, tags: large.tags?.length });
  });

  it('is written in a batch with others', async () => {
    const batch = [MAX_PACKET_BYTES - 2, MAX_PACKET_BYTES].map((bytes) =>
      entryOfPacket(bytes, `batch-${bytes}`),
    );
    expect(await store.write([...batch, entry({ eventId: 'small' })])).toEqual({ stored: 3, duplicates: 0 });
  });
});

describe('MySQL: a row that is larger than the largest packet of the server', () => {
  it.each([
    ['is refused for itself', 1024 * 1024, true],
    ['is suspected like any other if the server takes next to nothing', 16 * 1024, false],
  ])('%s: max_allowed_packet = %i', async (_, maxPacketBytes, isOfRowAlone) => {
    const subject = await mysqlSubject();
    onTestFinished(() => subject.dispose());
    const [row] = await subject.sql('SELECT @@GLOBAL.max_allowed_packet AS bytes');
    const store = await subject.open();
    await store.migrate();
    await store.close();
    await subject.sql(`SET GLOBAL max_allowed_packet = ${maxPacketBytes}`);
    const limited = await subject.open();
    await subject.sql(`SET GLOBAL max_allowed_packet = ${String(row?.['bytes'])}`);
    const large = entry({ eventId: 'large', payload: 'x'.repeat(maxPacketBytes + 1) });
    await expect(limited.write([large])).rejects.toMatchObject({
      verdict: 'row',
      code: 'ENTRY_TOO_LARGE',
      isOfRowAlone,
    });
  });
});

/** An entry whose INSERT has `bytes` after the header of its packet. */
function entryOfPacket(bytes: number, eventId: string): LogEntry {
  // Longer than what a length of two bytes can say, as the payload in the end is too. Half goes into tags: a
  // column holds 16 MiB.
  const tags = `{"text": "${'t'.repeat(Math.floor(bytes / 2))}"}`;
  const short = entry({ eventId, tags, payload: 'x'.repeat(70_000) });
  const missing = bytes - (encodeRows(Buffer.alloc(rowsBytes([short])), [short], 1n).length - HEADER_BYTES);
  return { ...short, payload: 'x'.repeat(70_000 + missing) };
}
