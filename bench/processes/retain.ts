import { setTimeout as sleep } from 'node:timers/promises';
import { END_OF_TIME, type EntryKey } from '../../src/query/answers/ports.ts';
import { Scan } from '../../src/query/answers/scan.ts';
import type { Filter } from '../../src/query/filter.ts';
import { openEntryReader, openStore } from '../../src/store/open.ts';
import { settingsOf, SILENT } from '../target.ts';

// Someone who deletes the rows of DATABASE_URL before a time, oldest first, as a process. Arguments: the time; how many
// rows a second, 0 for all that it can; `range`, or `filter` to look at each row and delete those alone that match.
// Says `ready`, waits for a word, deletes, says how many there were; with another word it hurries, or ends.
const [before = END_OF_TIME, perSecond = '0', how] = process.argv.slice(2);
/** Of a hundred rows ninety: the number of a message has another last digit. */
const FILTER: Filter = { kind: 'not', of: { kind: 'substring', text: '7 x' } };
const PIECE_ROWS = 5_000;
const { database } = settingsOf(process.env['DATABASE_URL'] ?? '');
const store = await openStore(database, { log: SILENT });
const reader = await openEntryReader(database, { log: SILENT });
let isInHurry = Number(perSecond) === 0;

process.on('message', (word) => {
  if (word === 'go') void deleteRows();
  else if (word === 'hurry') isInHurry = true;
  else process.exit();
});
process.on('disconnect', () => {
  process.exit();
});
process.send?.('ready');

async function deleteRows(): Promise<void> {
  const deleted = how === 'filter' ? await deleteFiltered() : await deleteRange();
  process.send?.(deleted);
}

async function deleteRange(): Promise<number> {
  const startMs = performance.now();
  let deleted = 0;
  let after: EntryKey | undefined;
  do {
    const piece = await store.deleteRange({ to: before, after, maxRows: PIECE_ROWS });
    deleted += piece.deleted;
    after = piece.end;
    while (!isInHurry && performance.now() < startMs + (deleted * 1_000) / Number(perSecond)) await sleep(5);
  } while (after !== undefined);
  return deleted;
}

async function deleteFiltered(): Promise<number> {
  const stretch = { order: 'oldest', to: before } as const;
  const scan = new Scan(reader, { filter: FILTER, stretch }, new AbortController().signal);
  const isOver = () => scan.isOver;
  let deleted = 0;
  while (!isOver()) {
    const keys: EntryKey[] = [];
    while (!isOver() && keys.length < PIECE_ROWS) {
      const { entries } = await scan.step(PIECE_ROWS);
      keys.push(...entries.map(({ timestamp, eventId }) => ({ timestamp, eventId })));
    }
    deleted += await store.deleteEntries(keys);
  }
  return deleted;
}
