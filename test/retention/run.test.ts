import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../src/logs/severity.ts';
import { columnTime } from '../support/memory-retention-book.ts';
import { HOUR_MS, keptBy, NOW_MS, RetentionGround } from '../support/retention-ground.ts';

let ground: RetentionGround;

beforeEach(() => {
  ground = new RetentionGround();
});

describe('a run of the rules', () => {
  it('does nothing where there are none', async () => {
    ground.database.add(ground.row(1_000_000));
    expect(await ground.run()).toEqual({ end: 'no rules', version: undefined, rules: [] });
    expect(ground.database.rows.size).toBe(1);
  });

  it('keeps what no rule matches', async () => {
    ground.database.add(
      ground.row(100, { severity: 'debug', payload: 'gone' }),
      ground.row(1_000_000, { payload: 'kept' }),
    );
    await ground.apply('severity:debug=3d');
    const { end, rules } = await ground.run();
    expect(end).toBe('done');
    expect(rules).toMatchObject([{ place: 0, rule: 'severity:debug=3d', deleted: 1, isDone: true }]);
    expect(ground.left()).toEqual(['kept']);
  });

  it('lets the first rule that matches decide, to the minute', async () => {
    const debug = { severity: 'debug' } as const;
    ground.database.add(
      ground.row(71, { ...debug, payload: 'young debug' }),
      ground.row(73, { ...debug, payload: 'old debug' }),
      ground.row(1_000, { ...debug, serviceName: 'audit', payload: 'audit is asked first' }),
      ground.row(24 * 364, { payload: 'young' }),
      ground.row(24 * 366, { payload: 'old' }),
      {
        ...ground.row(0),
        timestamp: columnTime(Date.UTC(2025, 10, 30, 12, 0) - 1),
        payload: 'the last that goes',
      },
      {
        ...ground.row(0),
        timestamp: columnTime(Date.UTC(2025, 10, 30, 12, 0)),
        payload: 'the first that stays',
      },
    );
    await ground.apply('service:audit=forever; severity:debug=3d; *=365d');
    await ground.run();
    expect(ground.left()).toEqual(['audit is asked first', 'the first that stays', 'young', 'young debug']);
  });

  it('deletes what a reference of the rules does, in any order of rules, with holds and late rows', async () => {
    const filter = fc.constantFrom(
      '*',
      'severity:debug',
      'severity>=warn',
      'service:alpha',
      '-service:alpha severity<warn',
      'code:200',
      'service:bravo code:500',
      'Hello',
      '"late"',
      '-code:*',
    );
    const age = fc.constantFrom('1h', '12h', '3d', '40d', 'forever');
    const rules = fc
      .array(fc.tuple(filter, age), { minLength: 1, maxLength: 5 })
      .map((list) => list.map(([what, long]) => `${what}=${long}`).join('; '));
    const entry = fc.record({
      hours: fc.oneof(fc.integer({ min: -5, max: 100 }), fc.integer({ min: 0, max: 2_000 })),
      serviceName: fc.constantFrom('alpha', 'bravo', 'charlie'),
      severity: fc.constantFrom(...SEVERITIES),
      tags: fc.constantFrom(null, '{"code":200}', '{"code":500}'),
      payload: fc.constantFrom('Hello', 'late', 'other'),
    });
    const some = fc.array(entry, { maxLength: 60 });
    const hold = fc.tuple(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 300 }));
    await fc.assert(
      fc.asyncProperty(
        rules,
        some,
        some,
        fc.array(hold, { maxLength: 3 }),
        fc.boolean(),
        async (text, first, late, holds, hasSums) => {
          ground = new RetentionGround();
          ground.database.hasSums = hasSums;
          const of = (list: readonly { readonly hours: number }[]) =>
            list.map(({ hours, ...rest }) => ground.row(hours, rest));
          const [before, after] = [of(first), of(late)];
          const held = holds.map(
            ([hours, long]) =>
              [columnTime(NOW_MS - (hours + long) * HOUR_MS), columnTime(NOW_MS - hours * HOUR_MS)] as const,
          );
          for (const [index, [from, to]] of held.entries())
            await ground.book.hold({ id: String(index), from, to, reason: '' }, 40 * 3_600);
          ground.database.add(...before);
          await ground.apply(text);
          expect((await ground.run()).end).toBe('done');
          const kept = keptBy(text, before, NOW_MS, held);
          expect([...ground.database.rows.values()]).toEqual(kept);
          // A day later everything that came late is found, too, and nothing is held any more.
          ground.database.add(...after);
          ground.book.nowMs += 44 * HOUR_MS;
          ground.database.add(ground.row(0.5, { payload: 'new' }));
          expect((await ground.run({ trustsClock: true })).end).toBe('done');
          const all = keptBy(text, [...kept, ...after, ...ground.database.rows.values()], ground.book.nowMs);
          expect(new Set(ground.database.rows.values())).toEqual(new Set(all));
          const deleted = ground.database.deletions.reduce((sum, { rows }) => sum + rows.length, 0);
          expect(
            [...ground.book.accounts.values()].reduce((sum, { deletedRows }) => sum + deletedRows, 0),
          ).toBe(deleted);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('deletes by ranges what counts decide, and by keys what has to be looked at', async () => {
    ground.database.add(
      ground.row(400 * 24),
      ground.row(100, { severity: 'debug' }),
      ground.row(400, { tags: '{"code":200}' }),
    );
    await ground.apply('severity:debug=3d; code:200=14d; *=365d');
    await ground.run();
    expect(ground.database.deletions.map(({ way }) => way)).toEqual(['range of some', 'keys', 'range']);
    expect(ground.database.rows.size).toBe(0);
  });

  it('deletes nothing, and looks at no row, where the counts say that there is nothing', async () => {
    for (let hours = 0; hours < 2_000; hours += 10) ground.database.add(ground.row(hours));
    await ground.apply('severity:debug=3d; service:bravo=1d; *=365d');
    expect((await ground.run()).end).toBe('done');
    expect([ground.database.deletions.length, ground.database.rowsRead]).toEqual([0, 0]);
  });

  it('looks at rows that came of age since its last run, and once a day at all', async () => {
    for (let hours = 0; hours < 1_000; hours += 10) ground.database.add(ground.row(hours));
    await ground.apply('code:200=1d');
    await ground.run();
    expect(ground.database.rowsRead).toBeGreaterThan(90);
    ground.database.rowsRead = 0;
    ground.book.nowMs += HOUR_MS;
    ground.database.add(
      ground.row(500, { tags: '{"code":200}', payload: 'late' }),
      ground.row(24.5, { tags: '{"code":200}' }),
    );
    await ground.run();
    expect(ground.database.rowsRead).toBeLessThan(10);
    expect(ground.database.deletions.map(({ rows }) => rows.length)).toEqual([1]);
    ground.book.nowMs += 12 * HOUR_MS;
    await ground.run();
    expect(ground.database.deletions.map(({ rows }) => rows.map(({ payload }) => payload))).toEqual([
      ['Hello'],
      ['late'],
    ]);
  });

  it('looks at all rows on a day on which the run of the day before ended', async () => {
    await ground.apply('code:200=1d');
    ground.book.nowMs = Date.UTC(2026, 10, 30, 23, 30);
    await ground.run();
    const [{ doneTo = '' } = {}] = (await ground.book.state()).accounts;
    ground.book.nowMs += HOUR_MS;
    await ground.book.ran({ version: 1, place: 0, doneTo });
    ground.database.add(ground.row(500, { tags: '{"code":200}', payload: 'late' }));
    ground.book.nowMs += HOUR_MS;
    expect(await ground.run({ trustsClock: true })).toMatchObject({ end: 'done', rules: [{ deleted: 1 }] });
  });
});
