import { expect, it } from 'vitest';
import { AckIds } from '../../../src/broker/encoding/ack-ids.ts';

function ackIdOf(ackIds: AckIds, number: number): string {
  const bytes = Buffer.alloc(AckIds.bytes);
  expect(ackIds.write(bytes, 0, number)).toBe(AckIds.bytes);
  return bytes.toString();
}

it('an ack id leads back to its delivery, and no two deliveries have the same', () => {
  const ackIds = new AckIds();
  expect(ackIds.parse(ackIdOf(ackIds, 42))).toBe(42);
  expect(ackIdOf(ackIds, 43)).not.toBe(ackIdOf(ackIds, 42));
});

it("an ack id is as long as the service's: 1,000 fit into a request, 5,000 do not", () => {
  const length = ackIdOf(new AckIds(), 1).length + 3;
  expect(1_000 * length).toBeLessThan(524_288);
  expect(5_000 * length).toBeGreaterThan(524_288);
});

it('an ack id of another subscription, or of one of the same name in an earlier life, leads nowhere', () => {
  expect(new AckIds().parse(ackIdOf(new AckIds(), 42))).toBeUndefined();
});

it.each(['', 'unknown', 'é'.repeat(AckIds.bytes), 'x'.repeat(AckIds.bytes)])('"%s" leads nowhere', (text) => {
  expect(new AckIds().parse(text)).toBeUndefined();
});
