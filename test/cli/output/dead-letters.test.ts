import { describe, expect, it } from 'vitest';
import { ageText } from '../../../src/cli/output/dead-letters.ts';
import { describeLetter, type ListedLetter } from '../../../src/export/dead-letters.ts';

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

describe('the service of a dead letter', () => {
  const described = (data: unknown, defaultService?: string, attributes: Record<string, string> = {}) => {
    const bytes = Buffer.from(typeof data === 'string' ? data : JSON.stringify(data));
    const letter = {
      ackId: 'a',
      messageId: '1',
      publishTime: '2026-11-25T12:00:00Z',
      arrivedAtMs: NOW_MS,
      code: '',
      reason: '',
      part: undefined,
      bytes: bytes.length,
      original: { data: bytes, attributes },
    };
    return describeLetter(letter, { defaultService }).service;
  };
  const refused = { payload: 'x', severity: 'info' };
  const rejected = { payload: 'x', severity: 'loud' };

  it('is that of its entry, else what its record or an attribute names', () => {
    expect(described({ ...refused, service_name: 'cart' }, 'shop')).toBe('cart');
    expect(described({ ...rejected, service_name: 'cart' }, 'shop')).toBe('cart');
    expect(described({ message: 'x', level: 'loud', app: 'cart' }, 'shop')).toBe('cart');
    expect(described(rejected, 'shop', { service: 'cart' })).toBe('cart');
  });

  it('is the default where it names none', () => {
    expect(described(refused, 'shop')).toBe('shop');
    expect(described(rejected, 'shop')).toBe('shop');
    expect(described(refused)).toBeNull();
    expect(described(rejected)).toBeNull();
  });

  it('is not known of what is no record', () => {
    expect(described('{"payload', 'shop')).toBeNull();
    expect(described('17', 'shop')).toBeNull();
  });
});
