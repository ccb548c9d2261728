import { describe, expect, it } from 'vitest';
import { Draw } from '../../chaos/draw.ts';
import { ProofGround } from '../../chaos/retention/ground.ts';
import {
  COUNTED_KINDS,
  drawRules,
  EVERY_KIND,
  type KnownRule,
  timeText,
} from '../../chaos/retention/rules.ts';
import { DATABASES } from '../support/serve-ground.ts';

const SIZE = { rows: 3_000, batchRows: 120, restMs: 40 };
const DAY_MICROS = 86_400_000_000;

describe.each(DATABASES)('retention against a brute-force reference on %s', (_kind, prepare) => {
  it(
    'keeps and deletes what the reference does while others write, late rows too, in step at every look',
    { timeout: 240_000 },
    async () => {
      await using database = await prepare([]);
      const draw = new Draw('retention', 16);
      await using ground = await ProofGround.open([database.url], draw, SIZE);
      const sets = [EVERY_KIND, COUNTED_KINDS, drawRules(draw)];
      for (const [index, rules] of sets.entries()) {
        expect(await ground.indexWords()).toBeGreaterThan(100);
        // Of the days that most rules delete of; released before the next.
        if (index === 1) await ground.hold(ago(12), ago(9));
        if (index === 2) await ground.release();
        await expectOneRun(ground, rules);
      }
      await ground.writing.end();
      await expectOneRun(ground, EVERY_KIND);
      await ground.watching.end();
      expect(ground.watching.looks).toBeGreaterThan(sets.length);
      expect(ground.watching.problems).toEqual([]);
    },
  );
});

/** A run of other rules from beginning to end, held against the reference. */
async function expectOneRun(ground: ProofGround, rules: readonly KnownRule[]): Promise<void> {
  await ground.apply(rules);
  const before = await ground.looker.look({ withKeys: false });
  const began = { nowMs: before.nowMs, atMs: performance.now() };
  const { end, rules: runs } = await ground.run();
  expect(end).toBe('done');
  const { look, problems } = await ground.check();
  expect(look.deleted - before.deleted).toBe(runs.reduce((sum, { deleted }) => sum + deleted, 0));
  expect([...problems, ...ground.reference.leftOver(look, began)]).toEqual([]);
  expect(ground.watching.problems).toEqual([]);
}

function ago(days: number): string {
  return timeText(Date.now() * 1_000 - days * DAY_MICROS);
}
