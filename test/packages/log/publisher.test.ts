import { expect, it } from 'vitest';
import { createPublisher } from '../../../packages/log/src/index.ts';
import { startEntriesServer } from '../../support/entries-server.ts';

const entry = { payload: 'paid', service: 'cart' };

it('a program that waits for room goes on once the publisher is closed', async () => {
  const { url, entries } = await startEntriesServer();
  const publisher = createPublisher({ url, whenFull: 'wait', maxEntries: 2, batchWaitMs: 1 });
  const answers: boolean[] = [];
  const write = async () => {
    while (!publisher.write(entry)) {
      answers.push(await publisher.room());
      if (answers.at(-1) === false) return;
      // Bounded here, so that a promise that tells nothing fails the test and does not hold it up.
      if (answers.length > 1_000) return;
    }
  };
  for (let n = 0; n < 7; n += 1) await write();
  expect(new Set(answers)).toEqual(new Set([true]));
  expect(await publisher.close()).toMatchObject({ taken: 7, confirmed: 7, dropped: 0 });
  await write();
  expect(answers.at(-1)).toBe(false);
  expect(entries).toHaveLength(7);
});
