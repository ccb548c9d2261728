import { describe, expect, it } from 'vitest';
import { lmsProcess } from '../cli/lms.ts';
import { entriesOf, scratchDatabase } from '../cli/scratch-database.ts';

describe('the zone of the machine', () => {
  it.each([
    ['', '+00:00'],
    ['no such zone', '+00:00'],
    ['Asia/Kolkata', '+05:30'],
  ])('with TZ="%s" shows times with %s', async (zone, offset) => {
    using database = scratchDatabase();
    await database.write(entriesOf('alpha', 'info', 1));
    const { status, stdout } = await lmsProcess(['logs'], { DATABASE_URL: database.url, TZ: zone });
    expect(status).toBe(0);
    expect(stdout.slice(26, 32)).toBe(offset);
  });
});
