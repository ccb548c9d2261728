import { describe, expect, it } from 'vitest';
import { lms } from '../lms.ts';
import { entriesOf, scratchDatabase } from '../scratch-database.ts';

describe('lms repair', () => {
  it('says that there is nothing to do', async () => {
    using database = scratchDatabase();
    await database.write(entriesOf('alpha', 'info', 2));
    for (const args of [['repair'], ['repair', '--apply']]) {
      expect(await lms(args, { DATABASE_URL: database.url })).toEqual({
        status: 0,
        stdout: 'Nothing to repair: the tables agree.\n',
        stderr: '',
      });
    }
  });

  it('shows what it would change, changes nothing and exits 1; with --apply it does, and verify agrees', async () => {
    using database = scratchDatabase();
    const env = { DATABASE_URL: database.url };
    await database.write([...entriesOf('alpha', 'info', 2), ...entriesOf('bravo', 'error', 3)]);
    database.tamper('UPDATE service_severity SET "count" = 7 WHERE service_name = \'alpha\'');
    database.tamper('DELETE FROM service_severity_minutes');

    const shown = await lms(['repair'], env);
    expect(shown.status).toBe(1);
    expect(shown.stderr).toContain(
      'lms: 1 count of service_severity and 2 of service_severity_minutes differ from the rows\n',
    );
    const lines = shown.stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines).toContainEqual(['alpha', 'info', '2', '7']);
    expect(lines).toContainEqual(['2026-11-25 12:00:00', 'bravo', 'error', '3', '0']);
    expect(shown.stdout).toContain('Nothing was changed: `lms repair --apply` does it.\n');
    expect(await lms(['repair'], env)).toEqual(shown);

    const applied = await lms(['repair', '--apply'], env);
    expect({ status: applied.status, stderr: applied.stderr }).toEqual({ status: 0, stderr: '' });
    expect(applied.stdout).toContain('Mended: the tables agree now.\n');
    expect(await lms(['verify'], env)).toMatchObject({ status: 0 });
  });

  it('tells how many there are beside the hundred that it shows', async () => {
    using database = scratchDatabase();
    await database.write(entriesOf('alpha', 'info', 1));
    const wrong = Array.from({ length: 120 }, (_, n) => `('ghost-${String(n)}', 'info', 1)`);
    database.tamper(`INSERT INTO service_severity (service_name, severity, "count") VALUES ${wrong.join()}`);
    const { stdout } = await lms(['repair'], { DATABASE_URL: database.url });
    expect(stdout).toContain('\n… and 20 more\n');
  });

  it('gives the differences to programs as JSON', async () => {
    using database = scratchDatabase();
    await database.write(entriesOf('alpha', 'info', 2));
    database.tamper('DELETE FROM service_severity');
    const counts = { total: 1, first: [{ serviceName: 'alpha', severity: 'info', rows: 2, counted: 0 }] };
    for (const [args, status, applied] of [
      [['repair', '--json'], 1, false],
      [['repair', '--json', '--apply'], 0, true],
    ] as const) {
      const outcome = await lms(args, { DATABASE_URL: database.url });
      expect(outcome.status).toBe(status);
      expect(JSON.parse(outcome.stdout)).toMatchObject({ applied, counts, minutes: { total: 0, first: [] } });
    }
  });

  it('asks for a migration when there are no tables', async () => {
    using database = scratchDatabase();
    database.tamper('CREATE TABLE of_somebody_else (x)');
    expect(await lms(['repair', '--apply'], { DATABASE_URL: database.url })).toMatchObject({ status: 6 });
  });
});
