import { describe, expect, it } from 'vitest';
import { sizePlanJson, sizePlanText, sizeRunText } from '../../../src/cli/output/size-limit.ts';
import type { SizePlan } from '../../../src/retention/size-run.ts';

const GIB = 1024 ** 3;
const MARK = { seenBytes: 1, rows: 1, bytesPerRow: 1, seenAt: '', shrunkAt: undefined };
const CUT = { cutoff: '2026-11-01 05:00:00.000000', rows: 1_010 };
const EXCEEDS: SizePlan = {
  kind: 'exceeds',
  excess: { bytes: 12 * GIB, rows: 1_000, isAll: true },
  mark: MARK,
  cut: CUT,
};
const FITS: SizePlan = { kind: 'fits', excess: { bytes: GIB, rows: 0, isAll: true }, mark: MARK };

describe('the last rule for a person', () => {
  it('says nothing where there is none', () => {
    expect(sizePlanText(undefined) + sizeRunText(undefined)).toBe('');
  });

  it.each([
    [FITS, 'RETENTION_MAX_BYTES: about 1.0 GiB, which fits.\n'],
    [
      { kind: 'unknown' },
      'RETENTION_MAX_BYTES cannot be kept: the size of service_logs is not to be seen.\n',
    ],
    [{ kind: 'too few' }, 'RETENTION_MAX_BYTES: of so few entries none is deleted for it.\n'],
    [
      EXCEEDS,
      'RETENTION_MAX_BYTES is exceeded: about 12 GiB. About 1,000 of the oldest would be deleted, before 2026-11-01 05:00:00 UTC.\n',
    ],
    [
      { ...EXCEEDS, excess: { ...EXCEEDS.excess, isAll: false } },
      'RETENTION_MAX_BYTES is exceeded: about 12 GiB. About 1,000 of the oldest would be deleted, before 2026-11-01 05:00:00 UTC. That is as much as one run deletes; the next ones go on.\n',
    ],
    [
      { ...EXCEEDS, cut: undefined },
      'RETENTION_MAX_BYTES is exceeded: about 12 GiB. All that is left is held, or younger than 1 h.\n',
    ],
  ] satisfies [SizePlan, string][])('of the plan %o says: %s', (plan, text) => {
    expect(sizePlanText(plan)).toBe(text);
  });

  it('says what it has done', () => {
    expect(sizeRunText({ plan: EXCEEDS, deleted: 1_010, end: 'done' })).toBe(
      'RETENTION_MAX_BYTES is exceeded: about 12 GiB. 1,010 of the oldest were deleted, before 2026-11-01 05:00:00 UTC.\n',
    );
    expect(sizeRunText({ plan: EXCEEDS, deleted: 5, end: 'stopped' })).toMatch(/ The next run goes on\.\n$/);
    expect(sizeRunText({ plan: FITS, deleted: 0, end: 'done' })).toBe(sizePlanText(FITS));
  });
});

it('the last rule for programs has null where nothing is known', () => {
  expect(sizePlanJson(EXCEEDS)).toEqual({
    state: 'exceeds',
    estimated_bytes: 12 * GIB,
    entries: 1_000,
    older_than: '2026-11-01T05:00:00.000000Z',
  });
  expect(sizePlanJson({ kind: 'too few' })).toEqual({
    state: 'too_few',
    estimated_bytes: null,
    entries: null,
    older_than: null,
  });
});
