import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { reject } from '../../src/logs/rejection.ts';
import { DISCARDED } from '../../src/pipeline/screened.ts';
import { isMistake } from '../../src/query/mistake.ts';
import { readDiscard } from '../../src/screening/discard.ts';
import { readRules } from '../../src/screening/read-rules.ts';
import { Screen, screenOf } from '../../src/screening/screen.ts';
import { sampleEntry } from '../support/samples.ts';

function screen(discard: string | undefined, redact?: string): Screen {
  const filter = discard === undefined ? undefined : readDiscard(discard);
  const rules = redact === undefined ? undefined : readRules(redact);
  if (isMistake(filter) || rules?.kind === 'mistakes') throw new Error('a test is wrong');
  return new Screen({ discard: filter, redact: rules?.rules });
}

const ENTRY: LogEntry = {
  ...sampleEntry('me@example.com'),
  earlierEventId: 'e',
  payload: 'mail to me@example.com',
  tags: '{"n":1.10,"mail":"me@example.com"}',
};

describe('a screen', () => {
  it('is none where nothing is asked for', () => {
    expect(screenOf({ discard: undefined, redact: undefined })).toBeUndefined();
  });

  it('replaces in payload and tags, and leaves key and service', () => {
    const screened = screen(undefined, 'email');
    expect(screened.entry(ENTRY)).toEqual({
      ...ENTRY,
      payload: 'mail to [redacted]',
      tags: '{"n":1.10,"mail":"[redacted]"}',
    });
    expect(screened.redactedEntries).toBe(1);
    expect([...screened.redactions]).toEqual([['email', 2]]);
  });

  it('hands on the very same entry of which nothing is named', () => {
    const entry = sampleEntry('a');
    const screened = screen('severity:debug', 'email; jwt');
    expect(screened.entry(entry)).toBe(entry);
    expect(screened.redactedEntries).toBe(0);
    expect([...screened.redactions]).toEqual([
      ['email', 0],
      ['jwt', 0],
    ]);
  });

  it('discards what the filter matches as it came, not as it would be redacted', () => {
    expect(screen('"me@example.com"', 'email').entry(ENTRY)).toBe(DISCARDED);
    expect(screen('"[redacted]"', 'email').entry(ENTRY)).not.toBe(DISCARDED);
    expect(screen('mail:*').entry(ENTRY)).toBe(DISCARDED);
  });

  it('leaves each entry of a message in its place, and redacts what a rejection quotes', () => {
    const bad = reject('wrong_type', 'severity is me@example.com: it should be a level.');
    const screened = screen('severity:info', 'email');
    expect(screened.decoded([ENTRY, bad, { ...ENTRY, severity: 'warn', tags: null }])).toEqual([
      DISCARDED,
      { code: 'wrong_type', reason: 'severity is [redacted]: it should be a level.' },
      { ...ENTRY, severity: 'warn', tags: null, payload: 'mail to [redacted]' },
    ]);
    expect(screened.decoded(bad)).toMatchObject({ reason: expect.stringContaining('[redacted]') as string });
  });

  it('counts what it discards by service, and no more than a hundred of them', () => {
    const screened = screen('severity:info');
    for (let number = 0; number < 150; number += 1)
      screened.entry({ ...ENTRY, serviceName: `service-${String(number)}` });
    screened.entry({ ...ENTRY, serviceName: 'service-7' });
    expect(screened.discardedByService.size).toBe(101);
    expect(screened.discardedByService.get('service-7')).toBe(2);
    expect(screened.discardedByService.get(' others')).toBe(50);
  });
});
