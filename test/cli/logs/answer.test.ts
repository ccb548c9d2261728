import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { freshnessOf, printNotes } from '../../../src/cli/logs/answer.ts';
import { readQuestion } from '../../../src/cli/logs/question.ts';
import type { Means } from '../../../src/query/answers/page.ts';
import { openSqliteReader } from '../../../src/store/sqlite/store.ts';
import { entriesOf, scratchDatabase } from '../scratch-database.ts';

const NOW_MS = Date.parse('2026-11-25T14:03:30Z');
const AT = '2026-11-25 14:03:20.000000';

/** What a reader says whose database has one worker, which was last seen then. */
async function freshness(...expression: string[]): Promise<string | undefined> {
  using database = scratchDatabase();
  await database.write(entriesOf('alpha', 'info', 1));
  database.tamper(
    `INSERT INTO lms_processes (id, role, host, pid, lms_release, state, started_at, seen_at, held_messages, held_bytes)
     VALUES ('w', 'worker', 'h', 1, '0.1.0', 'stopped', '${AT}', '${AT}', 0, 0)`,
  );
  const reader = openSqliteReader({ kind: 'sqlite', path: database.url.slice('sqlite:'.length) });
  const means: Means = {
    reader,
    budget: { maxMs: 1_000, maxRows: 1_000 },
    now: () => performance.now(),
    signal: new AbortController().signal,
  };
  try {
    return await freshnessOf(readQuestion({ expression, tz: 'UTC' }, NOW_MS), means);
  } finally {
    await reader.close();
  }
}

describe('how fresh an answer is', () => {
  it('is said of a time that reaches up to now, and of no other', async () => {
    expect(await freshness('alpha')).toMatch(/^no worker is running; stored up to .*14:03:20$/);
    expect(await freshness('time<14:00')).toBeUndefined();
  });

  it('is told to a person, and to who asks for it', () => {
    const told = (explain: boolean, isTTY: boolean) => {
      const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
      printNotes({ notes: ['a note'], explanation: 'how', freshness: 'up to' }, explain, { stderr });
      return String(stderr.read());
    };
    expect(told(false, false)).toBe('lms: a note\n');
    expect(told(false, true)).toBe('lms: a note\nlms: up to\n');
    expect(told(true, false)).toBe('lms: a note\nlms: how\nlms: up to\n');
  });
});
