import { describe, expect, it } from 'vitest';
import { entries } from '../../contract/store-entries.ts';
import { lms } from '../lms.ts';
import { scratchDatabase } from '../scratch-database.ts';

const GIB = String(1024 ** 3);
const FEW = 'RETENTION_MAX_BYTES: of so few entries none is deleted for it.\n';

describe('lms retain with RETENTION_MAX_BYTES', () => {
  it('says before it deletes, and afterwards, what becomes of the limit', async () => {
    using database = scratchDatabase();
    await database.write(entries(0, 20));
    const env = { DATABASE_URL: database.url, RETENTION_MAX_BYTES: GIB };
    expect((await lms(['retain', '--dry-run'], env)).stdout).toContain(FEW);
    const { status, stdout } = await lms(['retain'], env);
    expect(status).toBe(0);
    expect(stdout).toContain(FEW);
    const report = await lms(['retain', '--json'], env);
    expect(JSON.parse(report.stdout)).toMatchObject({
      deleted: 0,
      size: { deleted: 0, state: 'too_few', estimated_bytes: null },
    });
  });

  it('without it says nothing of it', async () => {
    using database = scratchDatabase();
    await database.write(entries(0, 20));
    const env = { DATABASE_URL: database.url };
    expect((await lms(['retain', '--dry-run'], env)).stdout).not.toContain('MAX_BYTES');
    expect(JSON.parse((await lms(['retain', '--json'], env)).stdout)).toMatchObject({ size: null });
  });
});
