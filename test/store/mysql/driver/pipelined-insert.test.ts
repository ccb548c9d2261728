import { expect, it } from 'vitest';
import { PACKET_HEAD_BYTES } from '../../../../src/store/mysql/driver/execute-packet.ts';
import { PipelinedInsert } from '../../../../src/store/mysql/driver/pipelined-insert.ts';

const HEAD = Buffer.from([10, 0, 0, 0, 0x17, 1, 0, 0, 0, 0, 1, 0, 0, 0]);
const ANSWER = { affectedRows: 1, info: '' };

/**
 * A driver that keeps what it sends, as it does until the socket has taken it, and answers when it is told
 * to.
 */
function driver() {
  const sent: Buffer[] = [];
  const prepared: string[] = [];
  const waiting: (() => void)[] = [];
  const connection = {
    writePacket: (packet: { buffer: Buffer; end: number }) => sent.push(packet.buffer),
    prepare: (sql: string, callback: (error: Error | null, statement: object) => void) => {
      prepared.push(sql);
      callback(null, {});
    },
  };
  const execute = () =>
    new Promise<typeof ANSWER>((resolve) => {
      connection.writePacket({ buffer: Buffer.from(HEAD), end: HEAD.length });
      waiting.push(() => {
        resolve(ANSWER);
      });
    });
  const texts = () => sent.map((buffer) => buffer.subarray(PACKET_HEAD_BYTES).toString());
  return {
    insert: new PipelinedInsert(connection, execute),
    prepared,
    texts,
    answer: () => waiting.shift()?.(),
  };
}

function encodeText(insert: PipelinedInsert, text: string): void {
  insert.encode(PACKET_HEAD_BYTES + 100, (room) => {
    room.write(text, PACKET_HEAD_BYTES);
    return room.subarray(0, PACKET_HEAD_BYTES + text.length);
  });
}

it('a packet stays as it is until it is answered, whatever is encoded meanwhile', async () => {
  const { insert, texts, answer } = driver();
  const all = ['one', 'two', 'three', 'four'];
  encodeText(insert, 'one');
  for (const [index, text] of all.entries()) {
    const sending = insert.send('INSERT');
    await expect.poll(() => texts().at(-1)).toBe(text);
    for (const next of ['never sent', all[index + 1] ?? 'last']) {
      encodeText(insert, next);
      expect(texts().at(-1)).toBe(text);
    }
    answer();
    expect(await sending).toBe(ANSWER);
  }
  expect(texts()).toHaveLength(4);
});

it('two buffers are used in turn, and one for a large packet is not kept', async () => {
  const { insert, texts, answer } = driver();
  const rooms: Buffer[] = [];
  const send = async (bytes: number) => {
    insert.encode(bytes, (room) => {
      rooms.push(room);
      return room.subarray(0, PACKET_HEAD_BYTES);
    });
    const before = texts().length;
    const sending = insert.send('INSERT');
    await expect.poll(() => texts().length).toBe(before + 1);
    answer();
    await sending;
  };
  for (const bytes of [1_000, 1_000, 900, 800, 5_000_000, 700]) await send(bytes);
  const [first, second, third, fourth, large, last] = rooms;
  expect(third).toBe(first);
  expect(fourth).toBe(second);
  expect(large).toHaveLength(5_000_000);
  expect([first, second]).toContain(last);
});

it('a statement is prepared once', async () => {
  const { insert, prepared, texts, answer } = driver();
  for (const sql of ['INSERT 1', 'INSERT 2', 'INSERT 1']) {
    encodeText(insert, sql);
    const before = texts().length;
    const sending = insert.send(sql);
    await expect.poll(() => texts().length).toBe(before + 1);
    answer();
    await sending;
  }
  expect(prepared).toEqual(['INSERT 1', 'INSERT 2']);
});

it('nothing is sent twice, and nothing before the answer to what was sent', async () => {
  const { insert, texts, answer } = driver();
  await expect(insert.send('INSERT')).rejects.toThrow('no packet');
  encodeText(insert, 'one');
  const sending = insert.send('INSERT');
  await expect.poll(texts).toHaveLength(1);
  await expect(insert.send('INSERT')).rejects.toThrow('no packet');
  encodeText(insert, 'two');
  await expect(insert.send('INSERT')).rejects.toThrow('no packet');
  answer();
  await sending;
  const second = insert.send('INSERT');
  await expect.poll(texts).toEqual(['one', 'two']);
  answer();
  await second;
});
