import { expect, it } from 'vitest';
import { ExecutePacket, PACKET_HEAD_BYTES } from '../../../../src/store/mysql/driver/execute-packet.ts';

const HEAD = Buffer.from([10, 0, 0, 0, 0x17, 1, 0, 0, 0, 0, 1, 0, 0, 0]);

/** A connection that keeps what the driver sends. */
function connection() {
  const sent: Buffer[] = [];
  return { sent, writePacket: (packet: { buffer: Buffer; end: number }) => sent.push(packet.buffer) };
}

it('parameters are sent with one statement, after the head that the driver made, and with no other', async () => {
  const driver = connection();
  const encoded = new ExecutePacket(driver);
  const send = (buffer: Buffer) => driver.writePacket({ buffer, end: buffer.length });
  const packet = Buffer.concat([Buffer.alloc(PACKET_HEAD_BYTES), Buffer.from('parameters')]);
  const prepare = Buffer.from([1, 0, 0, 0, 0x16]);
  await encoded.use(packet, () => Promise.resolve([send(prepare), send(HEAD), send(HEAD)]));
  send(HEAD);
  expect(driver.sent).toEqual([prepare, Buffer.concat([HEAD, Buffer.from('parameters')]), HEAD, HEAD]);
});

it('parameters of a statement that was never sent are forgotten', async () => {
  const driver = connection();
  const encoded = new ExecutePacket(driver);
  const failed = encoded.use(Buffer.alloc(20), () => Promise.reject(new Error('the connection is closed')));
  await expect(failed).rejects.toThrow('closed');
  driver.writePacket({ buffer: HEAD, end: HEAD.length });
  expect(driver.sent).toEqual([HEAD]);
});

it('a driver that is not the one this is made for is refused', async () => {
  expect(() => new ExecutePacket({})).toThrow('driver');
  const driver = connection();
  const encoded = new ExecutePacket(driver);
  const longer = Buffer.concat([HEAD, Buffer.from([1])]);
  const send = () => Promise.resolve(driver.writePacket({ buffer: longer, end: longer.length }));
  await expect(encoded.use(Buffer.alloc(20), async () => send())).rejects.toThrow('driver');
});
