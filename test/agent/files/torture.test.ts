import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rig, type Run, SOON, type StartOptions } from './rig.ts';
import { TorturedLog } from './tortured-log.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.make();
});
afterEach(async () => {
  await rig.remove();
});

const SECONDS = Number(process.env['LMS_TORTURE_SECONDS'] ?? '3');
const SEED = Number(process.env['LMS_TORTURE_SEED'] ?? '17');

describe('a log whose writer does everything that a file can suffer', () => {
  it.each([
    ['a path', 'with times', ({ path }: TorturedLog) => [path]],
    ['a pattern', 'with times', ({ path }: TorturedLog) => [`${path}*`]],
    ['a path', 'without times', ({ path }: TorturedLog) => [path]],
    ['a link that is swapped', 'with times', ({ path, targets }: TorturedLog) => [path, join(targets, '*')]],
  ] as const)(
    'has each line once in %s, none torn, %s, whenever its reader is killed',
    async (what, kind, paths) => {
      const options = { seed: SEED, hasTimes: kind === 'with times', isLink: what.startsWith('a link') };
      const log = new TorturedLog(rig.path('app.log'), options);
      const random = () => log.random();
      const start: StartOptions = {
        read: { format: 'auto' },
        take: () => log.pause(random() < 0.1 ? 200 : 5),
      };
      await log.step();
      let run: Run = await rig.start(paths(log), start);
      await expect.poll(() => rig.rows.size, SOON).toBeGreaterThan(0);
      const until = Date.now() + SECONDS * 1_000;
      const writing = log.writeUntil(until);
      while (Date.now() < until) {
        await log.pause(300);
        if (random() < 0.5) await run.kill();
        else await run.stop();
        await log.pause(60);
        run = await rig.start(paths(log), start);
      }
      await writing;
      await expect.poll(() => new Set(rig.lines).size, SOON).toBeGreaterThanOrEqual(log.lines.length);
      const found = rig.lines.toSorted();
      expect(found).toEqual(log.lines.toSorted());
      expect(rig.notices).toEqual([]);
    },
    SECONDS * 1_000 + 90_000,
  );
});
