import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/logs/entry.ts';
import { numbered } from '../../../src/runs/run-ids.ts';
import { lms } from '../lms.ts';
import { scratchDatabase } from '../scratch-database.ts';

const RUN = 'mi8p4k2x-07vq';

/** A row for each of the numbers, a minute apart. */
function rows(seqs: readonly number[], run = RUN): LogEntry[] {
  return seqs.map((seq, minute) => ({
    timestamp: `2026-11-25 12:${String(minute).padStart(2, '0')}:00.000000`,
    eventId: numbered(run, seq).event_id,
    serviceName: 'alpha',
    severity: 'info',
    payload: 'Hello',
    tags: null,
  }));
}

async function verifyRun(seqs: readonly number[], ...args: string[]) {
  using database = scratchDatabase();
  await database.write([...rows(seqs), ...rows([1, 9], 'other-run')]);
  return await lms(['verify', '--run', RUN, ...args], { DATABASE_URL: database.url });
}

describe('lms verify --run', () => {
  it('says that all of a run is there', async () => {
    const { status, stdout, stderr } = await verifyRun([1, 2, 3], '--count', '3');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('3 published = 3 rows, no gaps, none twice.\n');
  });

  it('exits 1 and shows what is missing as ranges', async () => {
    const { status, stdout, stderr } = await verifyRun([1, 2, 5, 9], '--count', '12');
    expect(status).toBe(1);
    expect(stderr).toContain(`lms: of the 12 messages of run ${RUN}: 8 missing\n`);
    expect(stderr).toContain('(RUN_INCOMPLETE)');
    expect(stdout).toMatch(/^missing +8 +3–4, 6–8, 10–12$/m);
    expect(stdout).toContain('What is missing may be among the dead letters: add --dead-letters.\n');
    expect(stdout).not.toContain('no gaps');
  });

  it('exits 1 when a message has two rows', async () => {
    const { status, stdout, stderr } = await verifyRun([1, 2, 2, 3]);
    expect(status).toBe(1);
    expect(stderr).toContain(`of the 3 messages of run ${RUN}: 1 stored more than once\n`);
    expect(stdout).toMatch(/^more than one row +1 +2$/m);
  });

  it('exits 1 when there are more than were published', async () => {
    const { status, stderr } = await verifyRun([1, 2, 3], '--count', '2');
    expect(status).toBe(1);
    expect(stderr).toContain('1 numbered above 2');
  });

  it('exits 1 when nothing is stored of the run', async () => {
    const { status, stderr } = await verifyRun([]);
    expect(status).toBe(1);
    expect(stderr).toContain(`lms: nothing is stored of run ${RUN}\n`);
  });

  it('gives the numbers to programs as JSON', async () => {
    const { status, stdout } = await verifyRun([1, 3], '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      run: RUN,
      published: 3,
      stored: 2,
      missing: { total: 1, ranges: [{ first: 2, last: 2 }] },
      complete: false,
    });
  });

  it.each([
    [['verify', '--count', '3'], '--run'],
    [['verify', '--dead-letters'], '--run'],
    [['verify', '--run', 'two words'], 'name of a run'],
    [['verify', '--run', RUN, '--count', '0'], 'whole number'],
  ])('refuses %j', async (args, complaint) => {
    const { status, stdout, stderr } = await lms(args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(complaint);
  });
});
