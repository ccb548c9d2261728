import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lms } from '../lms.ts';
import { entriesOf, type ScratchDatabase, scratchDatabase } from '../scratch-database.ts';

describe('lms index rollups', () => {
  let database: ScratchDatabase;
  const rollups = (...args: string[]) => lms(['index', 'rollups', ...args], { DATABASE_URL: database.url });

  beforeEach(async () => {
    database = scratchDatabase();
    await database.write(entriesOf('alpha', 'info', 20));
  });
  afterEach(() => {
    database[Symbol.dispose]();
  });

  it('says how the sums stand, and changes nothing with --check', async () => {
    expect(await rollups('--check')).toMatchObject({
      status: 0,
      stdout: 'The sums are right, and in use.\n',
    });
    database.tamper('UPDATE lms_rollups SET "count" = 7 WHERE width = 60');
    const wrong = 'The sums are in use, and 2 differ: `lms index rollups` mends them.\n';
    expect(await rollups('--check')).toMatchObject({ status: 0, stdout: wrong });
    expect(await rollups('--check', '--json')).toMatchObject({
      stdout: expect.stringContaining('"wrong": 2') as string,
    });
  });

  it('mends them, under a lease that another process may have', async () => {
    database.tamper('DELETE FROM lms_rollups WHERE width = 1440');
    database.tamper(
      "INSERT INTO lms_leases (name, owner, epoch, expires_at) VALUES ('rollups', 'another', 1, strftime('%Y-%m-%d %H:%M:%f000', 'now', '+30 seconds'))",
    );
    const busy = 'Another process fills the sums now: nothing was done here.\n';
    expect(await rollups()).toMatchObject({ status: 0, stdout: busy });
    database.tamper("UPDATE lms_leases SET owner = NULL WHERE name = 'rollups'");
    const mended = '2 sums were filled or mended; they are in use.\n';
    expect(await rollups()).toMatchObject({ status: 0, stdout: mended });
    expect(await rollups()).toMatchObject({ stdout: 'All sums were right; they are in use.\n' });
  });

  it('lms verify and lms repair know them', async () => {
    database.tamper('UPDATE lms_rollups SET "count" = 7 WHERE width = 60');
    const told = '2 sums of lms_rollups differ from the counts by minute';
    for (const command of ['verify', 'repair']) {
      const { status, stderr } = await lms([command], { DATABASE_URL: database.url });
      expect({ status, told: stderr.includes(told) }).toEqual({ status: 1, told: true });
    }
    expect(await lms(['repair', '--apply'], { DATABASE_URL: database.url })).toMatchObject({ status: 0 });
    expect(await lms(['verify'], { DATABASE_URL: database.url })).toMatchObject({ status: 0 });
  });
});
