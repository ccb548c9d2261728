import { describe, expect, it } from 'vitest';
import { sizeReport, sizeText } from '../../../src/cli/output/size.ts';
import { forecast, type StorageFacts } from '../../../src/retention/forecast.ts';

const GIB = 1024 ** 3;
const table = (name: string, dataBytes: number) => ({
  name,
  rows: 2,
  dataBytes,
  indexBytes: 0,
  freeBytes: 0,
});
const TABLES = [table('lms_leases', 16_384), table('lms_tokens', 16_384), table('service_logs', 10 * GIB)];

/** 10 GiB of rows of 1 KiB, a GiB a day more, and room for 20. */
function found(changes: Partial<StorageFacts> = {}) {
  return forecast({
    size: { tables: TABLES, diskFreeBytes: 20 * GIB },
    rows: 10 * 1024 ** 2,
    growth: { rowsPerDay: 1024 ** 2, basis: 'counted' },
    hasRules: false,
    ...changes,
  });
}

describe('the size for a person', () => {
  it('has the largest table first, the small ones in one line, and what becomes of it', () => {
    expect(sizeText(found())).toBe(
      [
        'table         rows, about  data    indexes  free',
        'service_logs            2  10 GiB  0 B      0 B',
        '2 others                4  32 KiB  0 B      0 B',
        '',
        'All of them: 10 GiB in use, 0 B free.',
        '',
        '10,485,760 log entries are stored, of 1,024 bytes each in all tables.',
        'About 1,048,576 come a day, 1.0 GiB, by the counts of the last days.',
        'The disk has room for 20 GiB more: full in about 20 days.',
        '',
      ].join('\n'),
    );
  });

  it('says where rules take some of it away, and when the last of them does', () => {
    const text = sizeText(found({ hasRules: true, maxBytes: 12 * GIB }));
    expect(text).toContain('What rules delete again is not taken off: they grow by that at most.');
    expect(text).toContain(
      'RETENTION_MAX_BYTES leaves room for 2.0 GiB more: the oldest entries are deleted in 2 days at the soonest.',
    );
    expect(sizeText(found({ maxBytes: GIB }))).toContain('RETENTION_MAX_BYTES is reached');
  });

  it.each([
    [{ growth: { rowsPerDay: 0, basis: 'counted' } }, 'full never, as it is.'],
    [{ growth: { rowsPerDay: 1, basis: 'counted' } }, 'full in more than 10 years.'],
    [{ growth: undefined }, 'full at a time that is not known yet.'],
    [{ growth: undefined }, 'How fast they come is not known yet'],
    [{ rows: 1 }, '1 log entry is stored: too few to say how large one is.'],
    [{ size: undefined }, 'The sizes of the tables are not known'],
    [{ size: { tables: TABLES, diskFreeBytes: 2.5 * GIB } }, 'full in about 2.5 days.'],
  ] as const)('with %o says: %s', (changes, text) => {
    expect(sizeText(found(changes))).toContain(text);
  });
});

it('the size for programs has null where nothing is known, or where nothing grows', () => {
  expect(sizeReport(found({ growth: { rowsPerDay: -1, basis: 'observed' } }))).toMatchObject({
    rows: 10_485_760,
    bytesPerRow: 1_024,
    growth: { rowsPerDay: -1, bytesPerDay: -1_024, isAtMost: false },
    limits: [{ name: 'disk', roomBytes: 20 * GIB, daysLeft: null, isAtLeast: false }],
  });
  expect(sizeReport(found({ growth: undefined, rows: 0 }))).toMatchObject({
    bytesPerRow: null,
    growth: null,
  });
});
