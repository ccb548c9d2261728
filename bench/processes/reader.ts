import { setTimeout as sleep } from 'node:timers/promises';
import { expressionOf } from '../access-questions.ts';
import { Questions } from '../questions.ts';

// Someone who looks at DATABASE_URL while a worker writes to it, as a process: so many questions a second, each
// begun at its time. Arguments: how many; what: `pages` or `tags`. Says `ready`, and the milliseconds that each took
// when it is told to end.
const [perSecond, what] = process.argv.slice(2);
const asked = await Questions.open(process.env['DATABASE_URL'] ?? '');
const ask = what === 'tags' ? askByTags : askForPages;
const tookMs: number[] = [];

process.once('message', () => {
  process.send?.(tookMs, () => process.exit());
});
process.on('disconnect', () => {
  process.exit();
});
await ask(0);
process.send?.('ready');
const startMs = performance.now();
for (let nth = 0; ; nth += 1) {
  await sleep(Math.max(0, startMs + (nth * 1_000) / Number(perSecond) - performance.now()));
  const beginMs = performance.now();
  await ask(nth);
  tookMs.push(performance.now() - beginMs);
}

/** What a page with its bars asks for, one after the other. */
async function askForPages(nth: number): Promise<unknown> {
  switch (nth % 3) {
    case 0:
      return asked.newest('');
    case 1:
      return asked.newest(`service:service-${String(nth % 20)} severity>=warn`);
    default:
      return asked.bars('', '2026-01-01 00:00:00.000000', '2026-01-02 00:00:00.000000');
  }
}

/** The newest page of a combination of tags: each of them in turn, with another user each time. */
async function askByTags(nth: number): Promise<unknown> {
  return asked.newest(expressionOf(nth));
}
