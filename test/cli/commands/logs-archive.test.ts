import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { entryJson } from '../../../src/logs/entry-json.ts';
import { entry } from '../../contract/store-entries.ts';
import { archiveDirectory, stored, writeArchive } from '../../support/written-archive.ts';
import { lms } from '../lms.ts';

const ROWS = Array.from({ length: 30 }, (_, n) =>
  stored(
    entry({
      timestamp: `2026-03-0${String(1 + Math.floor(n / 10))} 10:00:0${String(n % 10)}.000000`,
      eventId: `event-${String(n)}`,
      severity: n % 10 === 9 ? 'error' : 'info',
      payload: `number ${String(n)}`,
      tags: `{"n": ${String(n)}}`,
    }),
  ),
);

describe('lms logs --archive', () => {
  let archive: string;
  /** No database is there. */
  const env = { DATABASE_URL: 'mysql://nobody@127.0.0.1:1/none', TZ: 'UTC' };
  const logs = (...args: string[]) => lms(['logs', '--archive', archive, '--tz', 'UTC', ...args], env);

  beforeEach(async () => {
    const place = await archiveDirectory();
    archive = place.text;
    await writeArchive(place, ROWS.slice(0, 25), { partRows: 4 });
    await writeArchive(place, ROWS.slice(25), { edition: 2, partRows: 4 });
  });

  it('shows the newest that match, newest last, without a database', async () => {
    const { status, stdout, stderr } = await logs('-n', '3', '--raw');
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: 'number 27\nnumber 28\nnumber 29\n',
      stderr: '',
    });
    expect((await logs('--reverse', '-n', '2', '--raw')).stdout).toBe('number 29\nnumber 28\n');
  });

  it('takes expressions and times', async () => {
    const errors = await logs('severity:error', '--raw');
    expect(errors.stdout).toBe('number 9\nnumber 19\nnumber 29\n');
    const some = await logs('n>=12', '--since', '2026-03-02', '--until', '2026-03-02T10:00:04Z', '--raw');
    expect(some.stdout).toBe('number 12\nnumber 13\nnumber 14\n');
    expect(
      (await logs('number -severity:error', '--around', '2026-03-02T10:00:00Z', '-n', '4', '--raw')).stdout,
    ).toBe('number 7\nnumber 8\nnumber 10\nnumber 11\n');
  });

  it('writes what `lms logs` writes of a database', async () => {
    const json = await logs('-n', 'all', '--json');
    expect(json.stdout).toBe(ROWS.map((row) => `${entryJson(row)}\n`).join(''));
    const csv = await logs('severity:error', '--csv', '--fields', 'time,payload,n');
    expect(csv.stdout.split('\n').slice(1, -1)).toHaveLength(3);
    expect((await logs('severity:error', '--count')).stdout).toBe('3\n');
    expect((await logs('--count')).stdout).toBe('30\n');
    expect((await logs('--count', '--since', '2026-03-03')).stdout).toBe('10\n');
    expect((await logs('--values', 'severity', '--json')).stdout).toBe(
      '{"value":"info","count":27}\n{"value":"error","count":3}\n',
    );
    expect((await logs('-C', '1', 'severity:error', '--since', '2026-03-03', '--raw')).stdout).toBe(
      'number 28\nnumber 29\n',
    );
  });

  it('goes on by a cursor', async () => {
    const { stderr } = await logs('-n', '2', '--show-cursor', '--raw');
    const [, cursor = ''] = /--cursor (\S+)/.exec(stderr) ?? [];
    expect((await logs('-n', '2', '--cursor', cursor, '--raw')).stdout).toBe('number 26\nnumber 27\n');
  });

  it('exits 1 if nothing matches', async () => {
    expect(await logs('nowhere')).toMatchObject({ status: 1, stdout: '' });
  });

  it('shows the rest, names what is damaged, and exits 30', async () => {
    const name = 'entries/2026-03-02/0001.0001.ndjson.gz';
    await truncate(join(archive, name), 60);
    const { status, stdout, stderr } = await logs('-n', 'all', '--raw');
    expect(status).toBe(30);
    expect(stdout.split('\n').slice(0, -1)).toEqual(
      ROWS.map(({ payload }) => payload).filter((_, n) => n < 10 || n > 13),
    );
    expect(stderr).toContain(`${name} is damaged`);
    expect(stderr).toContain('a file is damaged: what it should hold is not in the answer');
  });

  it('names a manifest that is damaged', async () => {
    await truncate(join(archive, 'manifests/2026-03-01.0001.json'), 100);
    const { status, stdout, stderr } = await logs('-n', 'all', '--raw');
    expect([status, stdout.split('\n').length - 1]).toEqual([30, 20]);
    expect(stderr).toContain('manifests/2026-03-01.0001.json');
  });

  it('says that there is no archive, and what does not go together', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'lms-test-empty-'));
    onTestFinished(() => rm(empty, { recursive: true }));
    const nothing = await lms(['logs', '--archive', empty], env);
    expect(nothing.status).toBe(31);
    expect(nothing.stderr).toContain(`there is no archive in ${empty}`);
    expect(await logs('--url', 'http://127.0.0.1:1')).toMatchObject({ status: 2 });
  });
});
