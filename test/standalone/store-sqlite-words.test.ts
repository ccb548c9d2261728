import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { within } from '../../src/query/answers/time-range.ts';
import { neededWords } from '../../src/query/words/needed-words.ts';
import { SQLITE_WORDS, SqliteWords } from '../../src/store/sqlite/words.ts';
import { type PartsLimits, readWordParts } from '../../src/store/words/parts.ts';
import { sqliteSubject } from '../contract/store-subject.ts';
import { wordsGround } from '../contract/words-ground.ts';
import { FILTERS, row } from '../contract/words-rows.ts';

const ground = wordsGround(sqliteSubject);

it('of many blocks, those of all groups are asked: the same is found in the time', async () => {
  const { store, subject } = ground.opened;
  await store.write(Array.from({ length: 900 }, (_, n) => row(n, n * 5)));
  await ground.build();
  if (subject.target.kind !== 'sqlite') throw new TypeError('not a file');
  using file = new DatabaseSync(subject.target.path);
  const day = { from: '2026-01-02 00:00:00', to: '2026-01-03 00:00:00' };
  const time = { from: `${day.from}.000000`, to: `${day.to}.000000` };
  const partsOf = async (index: number, limits: PartsLimits) => {
    const need = neededWords(FILTERS[index] ?? { kind: 'everything' });
    const found =
      need &&
      (await new SqliteWords(file).snapshot((session) =>
        readWordParts(session, SQLITE_WORDS, { need, ...day, ...limits }),
      ));
    return found?.parts.map((part) => within(part, time)).filter((part) => part !== undefined);
  };
  let found = 0;
  for (const index of FILTERS.keys()) {
    const parts = await partsOf(index, { maxListedBlocks: 10_000 });
    expect(await partsOf(index, { maxListedBlocks: 1 })).toEqual(parts);
    found += parts?.length ?? 0;
  }
  expect(found).toBeGreaterThan(20);
});
