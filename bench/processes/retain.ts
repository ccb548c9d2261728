import { openRetention } from '../../src/app/retention/open-retention.ts';
import { runRetention } from '../../src/retention/run.ts';
import { settingsOf, SILENT } from '../target.ts';

// Someone who deletes from DATABASE_URL what rules keep no longer, as `lms retain` does. Arguments: the rules; of how
// much of the time it works, in percent. Says `ready`, waits for a word, deletes, says how many rows there were; with
// another word it hurries, or ends.
const [rules = '', percent = '100'] = process.argv.slice(2);
const retention = openRetention({ settings: settingsOf(process.env['DATABASE_URL'] ?? ''), log: SILENT });
await retention.book.apply(rules, { by: 'the benchmark' });
const parts = await retention.parts();
const leisurely = new AbortController();

process.on('message', (word) => {
  if (word === 'go') void deleteAll();
  else if (word === 'hurry') leisurely.abort();
  else process.exit();
});
process.on('disconnect', () => {
  process.exit();
});
process.send?.('ready');

async function deleteAll(): Promise<void> {
  let deleted = 0;
  for (const [share, signal] of [
    [Number(percent) / 100, leisurely.signal],
    [1, new AbortController().signal],
  ] as const) {
    // The rows are older than any clock.
    const run = await runRetention({ ...parts, share, signal, trustsClock: true });
    deleted += run.rules.reduce((sum, rule) => sum + rule.deleted, 0);
    if (run.end === 'done') break;
  }
  process.send?.(deleted);
}
