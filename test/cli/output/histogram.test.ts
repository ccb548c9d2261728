import { describe, expect, it } from 'vitest';
import { histogramJson, histogramText } from '../../../src/cli/output/histogram.ts';
import { leave, paint } from '../../../src/cli/output/style.ts';
import { type GroupBy, NONE } from '../../../src/query/answers/group-by.ts';
import type { Histogram } from '../../../src/query/answers/histogram.ts';
import { OTHER } from '../../../src/query/answers/tally.ts';
import { ZoneClock } from '../../../src/query/zone-clock.ts';

function histogram(counts: readonly Record<string, number>[], changes: Partial<Histogram> = {}): Histogram {
  const at = (index: number) => `2026-10-25 0${String(index)}:00:00.000000`;
  return {
    width: { unit: 'hour', count: 1 },
    buckets: counts.map((each, index) => ({
      from: at(index),
      to: at(index + 1),
      counts: new Map(Object.entries(each)),
      isExact: index !== 1,
    })),
    values: [],
    isComplete: false,
    cost: { from: 'counts', rowsRead: 0, ms: 0 },
    ...changes,
  };
}

const utc = new ZoneClock('UTC');

describe('a histogram', () => {
  it('has a line for each bucket, empty ones too, with bars in proportion; what is not exact has a +', () => {
    const text = histogramText(
      histogram([{ '': 10 }, { '': 1_000 }, {}]),
      { kind: 'nothing' },
      { columns: 44, paint: leave, clock: utc },
    );
    expect(text).toBe(
      [
        '2026-10-25 00:00      10  ▏',
        '2026-10-25 01:00  1,000+  ██████████████████',
        '2026-10-25 02:00       0',
        '',
      ].join('\n'),
    );
  });

  it('is as wide as the terminal, and not wider', () => {
    for (const columns of [60, 80, 200]) {
      const lines = histogramText(
        histogram([{ '': 7 }, { '': 9 }]),
        { kind: 'nothing' },
        { columns, paint: leave, clock: utc },
      ).split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBe(columns);
    }
  });

  it('has a column for each value, and says what is left', () => {
    const values = { error: 2, [OTHER]: 1, [NONE]: 3, '': 4 };
    const shown = histogram([values], { values: ['error', '', NONE] });
    const [header, line] = histogramText(
      shown,
      { kind: 'tag', name: 'x' },
      { columns: 80, paint: leave, clock: utc },
    ).split('\n');
    expect(header?.trim().split(/\s+/)).toEqual(['count', 'error', '""', '(none)', '(other)']);
    expect(line?.trim().split(/\s+/).slice(2, 7)).toEqual(['10', '2', '4', '3', '1']);
  });

  it('has as many values as a terminal has room for, and the rest among the others', () => {
    const values = Array.from({ length: 10 }, (_none, index) => `service-${String(index)}`);
    const counts = Object.fromEntries(values.map((value, index) => [value, 100 - index]));
    const text = (columns: number | undefined, by: GroupBy = { kind: 'service' }) =>
      histogramText(histogram([counts, counts], { values }), by, { columns, paint: leave, clock: utc }).split(
        '\n',
      );
    for (const columns of [40, 60, 80, 120]) {
      const [header = '', line = ''] = text(columns);
      const told = header.trim().split(/\s+/).slice(1);
      expect(told.at(-1)).toBe('(other)');
      expect(told.slice(0, -1)).toEqual(values.slice(0, told.length - 1));
      expect(Math.max(header.length, line.length)).toBeLessThanOrEqual(Math.max(columns, 58));
      const [total, ...each] = line.slice(16).replace(/█+/, '').trim().split(/\s+/).map(Number);
      expect(each.reduce((sum, one) => sum + one, 0)).toBe(total);
    }
    expect(text(undefined)[0]).toContain('service-9');
    expect(text(80, { kind: 'severity' })[0]).toContain('service-9');
  });

  it('has headings in the colours of the bars', () => {
    const shown = histogram([{ info: 1, error: 2 }], { values: ['info', 'error'] });
    const [header] = histogramText(shown, { kind: 'severity' }, { columns: 60, paint, clock: utc }).split(
      '\n',
    );
    expect(header).toMatch(/count {2}\x1b\[36minfo\x1b\[0m {2}\x1b\[31merror\x1b\[0m$/);
  });

  it('says which of two hours it is where the clock is changed', () => {
    const text = histogramText(
      histogram([{ '': 1 }, { '': 1 }]),
      { kind: 'nothing' },
      { columns: 80, paint: leave, clock: new ZoneClock('Europe/Berlin') },
    );
    expect(text).toContain('2026-10-25 02:00+02:00');
    expect(text).toContain('2026-10-25 02:00+01:00');
  });

  it('has parts of one bar in colour, together as long as the bar is', () => {
    const shown = histogram([{ info: 1, error: 2 }], { values: ['info', 'error'] });
    const text = histogramText(shown, { kind: 'severity' }, { columns: 60, paint, clock: utc });
    expect(text).toMatch(/\x1b\[36m█{7,9}\x1b\[0m\x1b\[31m█{15,17}\x1b\[0m/);
  });

  it('is lines of JSON for programs, in UTC', () => {
    const shown = histogram([{ error: 2, [OTHER]: 1 }, {}], { values: ['error'] });
    const lines = histogramJson(shown, { kind: 'tag', name: 'x' })
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toEqual([
      {
        from: '2026-10-25T00:00:00.000000Z',
        to: '2026-10-25T01:00:00.000000Z',
        count: 3,
        exact: true,
        counts: { error: 2 },
        other: 1,
      },
      {
        from: '2026-10-25T01:00:00.000000Z',
        to: '2026-10-25T02:00:00.000000Z',
        count: 0,
        exact: false,
        counts: {},
      },
    ]);
  });
});
