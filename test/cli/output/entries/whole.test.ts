import { describe, expect, it } from 'vitest';
import { wholeEntry } from '../../../../src/cli/output/entries/whole.ts';
import type { StoredEntry } from '../../../../src/logs/entry.ts';
import { ZoneClock } from '../../../../src/query/zone-clock.ts';

const entry: StoredEntry = {
  timestamp: '2026-11-25 14:00:05.123456',
  eventId: 'e',
  serviceName: 'checkout',
  severity: 'warn',
  payload: 'card declined\n\tat a',
  tags: '{"code":500}',
  createdAt: '2026-11-25 14:00:06.000000',
};
const HEAD = `service   checkout
severity  warn
time      2026-11-25 14:00:05.123456+00:00
stored    2026-11-25 14:00:06.000000+00:00
event_id  e
id        20261125T140005123456-e
`;

function shown(changes: Partial<StoredEntry> = {}): string {
  return wholeEntry({ ...entry, ...changes }, new ZoneClock('UTC'));
}

describe('an entry, whole', () => {
  it('is what it is, its text and its tags, with a blank line between them', () => {
    expect(shown()).toBe(`${HEAD}\ncard declined\n    at a\n\n{\n  "code": 500\n}\n`);
    expect(shown({ tags: null })).toBe(`${HEAD}\ncard declined\n    at a\n`);
  });

  it('says so if its text is empty', () => {
    expect(shown({ payload: '' })).toBe(`${HEAD}text      ""\n\n{\n  "code": 500\n}\n`);
    expect(shown({ payload: '', tags: null })).toBe(`${HEAD}text      ""\n`);
  });
});
