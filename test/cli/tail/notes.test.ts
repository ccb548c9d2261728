import { expect, it } from 'vitest';
import { TailNotes } from '../../../src/cli/tail/notes.ts';
import { LmsError } from '../../../src/errors/catalogue.ts';
import type { FollowNote } from '../../../src/live/follow.ts';
import { ZoneClock } from '../../../src/query/zone-clock.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const RANGE = { from: '2026-11-25T22:59:58.123456Z', to: '2026-11-25T23:01:00.000Z' };

function open() {
  const lines: string[] = [];
  const clock = new FakeClock();
  return {
    lines,
    clock,
    notes: new TailNotes((line) => lines.push(line), new ZoneClock('Europe/Berlin'), clock),
  };
}

it.each([
  [{ kind: 'reconnecting', inMs: 3_400, cause: undefined }, 'the tail has ended: trying again in 3 s'],
  [
    {
      kind: 'reconnecting',
      inMs: 20,
      cause: new LmsError('SERVER_UNREACHABLE', 'http://x does not\x1b answer'),
    },
    'http://x does not\\u001b answer: trying again in 1 s',
  ],
  [{ kind: 'reconnected' }, 'connected again'],
  [
    { kind: 'gap', ...RANGE },
    'some may be missing from 2026-11-25 23:59:58 to 2026-11-26 00:01:00: they are looked up, again once all is stored',
  ],
  [
    { kind: 'filled', ...RANGE, to: RANGE.from, count: 1_204 },
    'complete from 2026-11-25 23:59:58 to 23:59:58: 1,204 were missing',
  ],
  [
    { kind: 'incomplete', ...RANGE, to: RANGE.from, cause: undefined },
    'incomplete from 2026-11-25 23:59:58 to 23:59:58: nothing more is being stored',
  ],
  [{ kind: 'behind', lagMs: 12_345 }, '12 s behind'],
  [{ kind: 'behind', lagMs: 0 }, 'no longer behind'],
] satisfies readonly (readonly [FollowNote, string])[])('%j is a line', async (note, line) => {
  const { lines, clock, notes } = open();
  await clock.advance(5_000);
  notes.tell(note);
  expect(lines).toEqual([line]);
});

it('what is left out many times a second is a line a second, with the sum', async () => {
  const { lines, clock, notes } = open();
  for (let count = 0; count < 30; count += 1) {
    notes.tell({ kind: 'skipped', count: 100, ...RANGE });
    notes.tell({ kind: 'sampled', count: 1, ...RANGE });
    await clock.advance(20);
  }
  expect(lines).toEqual([]);
  await clock.advance(400);
  expect(lines.map((line) => line.slice(0, 13))).toEqual(['3,000 skipped', '30 left out, ']);
  notes.tell({ kind: 'skipped', count: 1, ...RANGE });
  notes.end();
  expect(lines).toHaveLength(3);
  await clock.advance(5_000);
  expect(lines).toHaveLength(3);
});

it('the moment at the beginning that is always looked up is no news, unless something is found or stays missing', async () => {
  const { lines, clock, notes } = open();
  notes.tell({ kind: 'gap', ...RANGE });
  notes.tell({ kind: 'filled', ...RANGE, count: 0 });
  expect(lines).toEqual([]);
  notes.tell({ kind: 'filled', ...RANGE, count: 2 });
  notes.tell({ kind: 'incomplete', ...RANGE, cause: undefined });
  expect(lines).toHaveLength(2);
  await clock.advance(5_000);
  notes.tell({ kind: 'gap', ...RANGE });
  notes.tell({ kind: 'filled', ...RANGE, count: 0 });
  expect(lines.slice(2).map((line) => line.split(' ')[0])).toEqual(['some', 'complete']);
});
