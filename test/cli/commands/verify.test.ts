import { describe, expect, it } from 'vitest';
import { lms } from '../lms.ts';
import { entriesOf, scratchDatabase } from '../scratch-database.ts';

describe('lms verify', () => {
  it('shows the numbers of all three tables side by side, and that they agree', async () => {
    using database = scratchDatabase();
    await database.write([...entriesOf('alpha', 'info', 1200), ...entriesOf('bravo', 'error', 3)]);
    const { status, stdout, stderr } = await lms(['verify'], { DATABASE_URL: database.url });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(
      [
        'service  severity  service_logs  service_severity  service_severity_minutes',
        'alpha    info             1,200             1,200                     1,200',
        'bravo    error                3                 3                         3',
        'total                     1,203             1,203                     1,203',
        '',
        'The tables agree.',
        '',
      ].join('\n'),
    );
  });

  it('says that nothing is stored yet, and what a worker waits for, on empty tables', async () => {
    using database = scratchDatabase();
    await database.write([]);
    const { status, stdout } = await lms(['verify'], { DATABASE_URL: database.url });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Nothing is stored yet: .*\nA worker holds messages until .*FLUSHINTERVAL/);
  });

  it('exits 1 and marks the differences when a row is missing', async () => {
    using database = scratchDatabase();
    await database.write([...entriesOf('alpha', 'info', 2), ...entriesOf('bravo', 'error', 3)]);
    database.tamper("DELETE FROM service_logs WHERE event_id = 'bravo-error-1'");
    const { status, stdout, stderr } = await lms(['verify'], { DATABASE_URL: database.url });
    expect(status).toBe(1);
    expect(stderr).toContain('lms: the tables differ for 1 of 2 pairs of service and severity\n');
    expect(stderr).toContain('(DISAGREE)');
    const lines = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines).toContainEqual(['bravo', 'error', '2', '3', '3', '← differs']);
    expect(lines).toContainEqual(['alpha', 'info', '2', '2', '2']);
    expect(lines).toContainEqual(['2026-11-25 12:00:00', 'bravo', 'error', '2', '3']);
    expect(stdout).not.toContain('The tables agree');
  });

  it.each([
    ['service_severity', `UPDATE service_severity SET "count" = "count" + 1`],
    ['service_severity_minutes', `UPDATE service_severity_minutes SET "count" = "count" + 1`],
    [
      'service_severity_minutes, in total right',
      `UPDATE service_severity_minutes SET minute = '2026-11-25 13:00:00'`,
    ],
    [
      'service_severity for a service without rows',
      `INSERT INTO service_severity VALUES ('x', 'info', 1, '')`,
    ],
  ])('exits 1 when %s is wrong', async (_name, sql) => {
    using database = scratchDatabase();
    await database.write(entriesOf('alpha', 'info', 2));
    database.tamper(sql);
    const { status, stderr } = await lms(['verify', '--database-url', database.url]);
    expect(status).toBe(1);
    expect(stderr).toContain('(DISAGREE)');
  });

  it('gives the numbers to programs as JSON, with the same exit status', async () => {
    using database = scratchDatabase();
    await database.write(entriesOf('alpha', 'info', 2));
    database.tamper('DELETE FROM service_severity');
    const { status, stdout } = await lms(['verify', '--json'], { DATABASE_URL: database.url });
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      agree: false,
      total: { rows: 2, counted: 0, countedByMinute: 2 },
      differences: [{ serviceName: 'alpha', severity: 'info', rows: 2, counted: 0, countedByMinute: 2 }],
    });
  });

  it('asks for a migration when there are no tables', async () => {
    using database = scratchDatabase();
    database.tamper('CREATE TABLE of_somebody_else (x)');
    const { status, stderr } = await lms(['verify'], { DATABASE_URL: database.url });
    expect(status).toBe(6);
    expect(stderr).toContain('lms migrate up');
  });
});
