import { describe, expect, it } from 'vitest';
import { ageText, type ListedLetter } from '../../../src/cli/output/dead-letters.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.parse('2026-11-25T12:00:00Z');

function letter(ageMs: number): ListedLetter {
  const deadLetteredAt = new Date(NOW_MS - ageMs).toISOString();
  const rest = { publishTime: '', code: '', reason: '', service: null, bytes: 0, part: null };
  return { messageId: String(ageMs), deadLetteredAt, ...rest };
}

describe('the age of dead letters', () => {
  it('is that of the oldest, beside how long the subscription keeps them', () => {
    const letters = [letter(HOUR_MS), letter(76 * HOUR_MS), letter(0)];
    expect(ageText(letters, { nowMs: NOW_MS, retentionMs: 168 * HOUR_MS })).toBe(
      '\nThe oldest is here for 3 d 4 h; the subscription keeps a letter for 7 d, then it is gone.\n',
    );
  });

  it('stands alone where we may not look at the subscription', () => {
    expect(ageText([letter(HOUR_MS)], { nowMs: NOW_MS, retentionMs: undefined })).toBe(
      '\nThe oldest is here for 1 h.\n',
    );
  });

  it('is known however many there are', () => {
    const letters = Array.from({ length: 200_000 }, (_, index) => letter(index));
    const oldest = [...letters, letter(5 * HOUR_MS)];
    expect(ageText(oldest, { nowMs: NOW_MS, retentionMs: undefined })).toBe(
      '\nThe oldest is here for 5 h.\n',
    );
  });

  it('is nothing where there is no letter', () => {
    expect(ageText([], { nowMs: NOW_MS, retentionMs: undefined })).toBe('');
  });
});
