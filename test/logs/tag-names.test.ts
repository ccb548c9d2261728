import { describe, expect, it } from 'vitest';
import { entryOf, logEntry, own, rejectionOf } from './messages.ts';

const LIMIT = 65_535;

describe('names of tags', () => {
  it.each([
    ['ASCII', 'k'.repeat(LIMIT)],
    ['of three bytes each', '€'.repeat(LIMIT / 3)],
    ['beyond 16 bits', `xxx${'😀'.repeat((LIMIT - 3) / 4)}`],
  ])('may have 65,535 bytes and no more, in characters that are %s', (_, name) => {
    for (const within of [
      (tags: Record<string, unknown>) => own({ tags }),
      (tags: Record<string, unknown>) => own(tags),
      (tags: Record<string, unknown>) => own({ more: [1, { deeper: tags }] }),
      (tags: Record<string, unknown>) => logEntry({ labels: tags }),
    ]) {
      expect(entryOf(within({ [name]: 'value' })).tags).toContain(name);
      const rejection = rejectionOf(within({ [`${name}x`]: 'value' }));
      expect(rejection.code).toBe('tag_name_too_long');
      expect(rejection.reason.length).toBeLessThan(100);
    }
  });

  it('of a jsonPayload may be longer: it is kept as text', () => {
    const jsonPayload = { ['k'.repeat(LIMIT + 1)]: 1 };
    expect(JSON.parse(entryOf(logEntry({ textPayload: undefined, jsonPayload })).payload)).toEqual(
      jsonPayload,
    );
  });
});
