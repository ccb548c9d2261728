import { expect, it } from 'vitest';
import { decodeSeveral } from '../support/samples.ts';
import { openBench } from '../support/worker-bench.ts';

const SECRET = 'hunter2-payload';

it('a message on which the decoder throws is a dead letter, and the others of its response are rows', async () => {
  const bench = openBench({ maxRows: 2 });
  bench.decode = (message) => {
    if (message.messageId === 'b') throw new RangeError(`Invalid string length of ${SECRET}`);
    return decodeSeveral(message);
  };
  await bench.deliver('a', 'b', 'c');
  expect([...bench.store.rows.keys()]).toEqual(['a', 'c']);
  expect(bench.deadLetters.letters).toMatchObject([
    { delivery: { messageId: 'b' }, rejection: { code: 'decoder_failed' } },
  ]);
  expect(bench.deadLetters.letters[0]?.rejection.reason).not.toContain(SECRET);
  expect(bench.worker.ledger.counts()).toMatchObject({ received: 3, stored: 2, deadLettered: 1, held: 0 });
});

it('each kind of failure is logged once, with where it happened and not a word of the message', async () => {
  const bench = openBench();
  const kinds: (() => never)[] = [
    () => {
      throw new TypeError(`${SECRET}\n is no function`);
    },
    () => {
      throw new RangeError(SECRET);
    },
    () => {
      throw new URIError(`\n    at ${SECRET}`);
    },
  ];
  bench.decode = ({ messageId }) => kinds[Number(messageId) % kinds.length]!();
  await bench.deliver('0', '1', '2', '3', '4', '5', '6');
  const bugs = bench.log.lines.filter(({ level }) => level === 'error');
  expect(bugs).toMatchObject([
    { fields: { messageId: '0', error: 'TypeError' }, message: 'a bug: a message could not be decoded' },
    { fields: { messageId: '1', error: 'RangeError' } },
    { fields: { messageId: '2', error: 'URIError' } },
  ]);
  expect(JSON.stringify(bugs)).not.toContain(SECRET);
  expect(JSON.stringify(bugs[0])).toContain('worker-decoder.test.ts');
  expect(bench.worker.ledger.deadLettered).toBe(7);
});
