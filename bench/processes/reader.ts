import { setTimeout as sleep } from 'node:timers/promises';
import { Questions } from '../questions.ts';

// Someone who looks at DATABASE_URL while a worker writes to it, as a process: so many questions a second, each
// begun at its time. Argument: how many. Says `ready`, and how many it asked when it is told to end.
const perSecond = Number(process.argv[2]);
const asked = await Questions.open(process.env['DATABASE_URL'] ?? '');
let count = 0;

process.once('message', () => {
  process.send?.(count, () => process.exit());
});
process.on('disconnect', () => {
  process.exit();
});
await ask(0);
process.send?.('ready');
const startMs = performance.now();
for (let nth = 0; ; nth += 1) {
  await sleep(Math.max(0, startMs + (nth * 1_000) / perSecond - performance.now()));
  await ask(nth);
  count += 1;
}

/** What a page with its bars asks for, one after the other. */
async function ask(nth: number): Promise<unknown> {
  switch (nth % 3) {
    case 0:
      return asked.newest('');
    case 1:
      return asked.newest(`service:service-${String(nth % 20)} severity>=warn`);
    default:
      return asked.bars('', '2026-01-01 00:00:00.000000', '2026-01-02 00:00:00.000000');
  }
}
