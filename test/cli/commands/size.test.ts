import { describe, expect, it } from 'vitest';
import { entries } from '../../contract/store-entries.ts';
import { lms } from '../lms.ts';
import { scratchDatabase } from '../scratch-database.ts';

const GIB = 1024 ** 3;

describe('lms size', () => {
  it('says how large the file is, and what is left of the disk', async () => {
    using database = scratchDatabase();
    await database.write(entries(0, 200));
    const { status, stdout, stderr } = await lms(['size'], { DATABASE_URL: database.url });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^table +rows, about +data +indexes +free\n\S+ +200 +\d+ KiB +0 B +\d+ B\n/);
    expect(stdout).toContain('\nAll of them: ');
    expect(stdout).toContain('200 log entries are stored: too few to say how large one is.\n');
    expect(stdout).toMatch(/\nThe disk has room for [\d.,]+ [KMGTP]iB more: full /);
  });

  it('gives it to programs as JSON, null where nothing is known', async () => {
    using database = scratchDatabase();
    await database.write(entries(0, 200));
    const args = ['size', '--json', '--database-url', database.url, '--retention-max-bytes', String(2 * GIB)];
    const { status, stdout } = await lms(args);
    expect(status).toBe(0);
    const report = JSON.parse(stdout) as { limits: { name: string; roomBytes: number }[]; usedBytes: number };
    expect(report).toMatchObject({ rows: 200, bytesPerRow: null, tables: [{ rows: 200, indexBytes: 0 }] });
    expect(report.limits.map(({ name }) => name)).toEqual(['disk', 'retention-max-bytes']);
    expect(report.limits[1]?.roomBytes).toBe(2 * GIB - report.usedBytes);
  });

  it('of an empty database says so', async () => {
    using database = scratchDatabase();
    await database.write([]);
    const { status, stdout } = await lms(['size'], { DATABASE_URL: database.url });
    expect(status).toBe(0);
    expect(stdout).toContain('0 log entries are stored');
    expect(stdout).toContain('No more came in the last days.');
  });

  it('of a database that is not there is DATABASE_MISSING', async () => {
    const { status, stderr } = await lms(['size'], { DATABASE_URL: 'sqlite:/no/such/folder/lms.sqlite' });
    expect(status).not.toBe(0);
    expect(stderr).toContain('DATABASE_MISSING');
  });

  it('refuses a limit in other units than bytes', async () => {
    using database = scratchDatabase();
    await database.write([]);
    const { status, stderr } = await lms(['size', '--retention-max-bytes', '100'], {
      DATABASE_URL: database.url,
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain("--retention-max-bytes: '100'");
    expect(stderr).toContain('(bytes)');
  });
});
