import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportHref, fieldsOf, fileName } from '../../../packages/web/src/logs/export/export-links.ts';
import { curlCommand, logsCommand, shellWord } from '../../../packages/web/src/logs/export/shell-command.ts';

const SERVER = 'https://logs.example/lms/';
const TIMES = { since: undefined, until: undefined, tz: 'UTC' };
const HOSTILE = `it's "x" $(touch /tmp/no) \`id\` \\ ! ~ * ; & | < > # \n\t-- %s`;

/** What a shell makes of the words of a command, of which only the first is another. */
function wordsOf(command: string, env: Record<string, string> = {}): string[] {
  const script = `lms() { printf '%s\\0' lms "$@"; }; curl() { printf '%s\\0' curl "$@"; }; ${command}`;
  const printed = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env });
  return printed.split('\0').slice(0, -1);
}

describe('a command for a shell', () => {
  it('has each text as one word, whatever it is', () => {
    const texts = [
      HOSTILE,
      '',
      "'",
      "''",
      '-x',
      'a b',
      'plain',
      '~',
      '*',
      'ä😀',
      ...fc.sample(fc.string(), 200),
    ].filter((text) => !text.includes('\0'));
    expect(wordsOf(`lms ${texts.map(shellWord).join(' ')}`)).toEqual(['lms', ...texts]);
  });

  it('asks what the page asks', () => {
    const asked = { q: HOSTILE, since: '2026-11-30T17:00:00.000Z', until: '14:00', tz: 'Europe/Berlin' };
    expect(wordsOf(logsCommand(asked, SERVER))).toEqual([
      ...['lms', 'logs', HOSTILE, '--since', '2026-11-30T17:00:00.000Z', '--until', '14:00'],
      ...['--tz', 'Europe/Berlin', '--url', SERVER],
    ]);
    expect(logsCommand({ ...TIMES, q: 'timeout' }, SERVER)).toBe(
      `lms logs 'timeout' --tz UTC --url ${SERVER}`,
    );
  });

  it('has what begins with a dash after all options, and nothing for everything', () => {
    expect(wordsOf(logsCommand({ ...TIMES, q: '-service:cron' }, SERVER)).slice(-2)).toEqual([
      '--',
      '-service:cron',
    ]);
    expect(wordsOf(logsCommand({ ...TIMES, q: '' }, SERVER))).toEqual([
      'lms',
      'logs',
      '--tz',
      'UTC',
      '--url',
      SERVER,
    ]);
  });

  it('for curl has a token if there is one', () => {
    const command = curlCommand({ ...TIMES, q: HOSTILE }, SERVER);
    const data = ['--data-urlencode', `q=${HOSTILE}`, '--data-urlencode', 'tz=UTC'];
    const all = ['--data-urlencode', 'limit=all', '--data-urlencode', 'format=ndjson'];
    const url = `${SERVER}api/v1/entries`;
    expect(wordsOf(command)).toEqual(['curl', '-sS', '-G', url, ...data, ...all]);
    expect(wordsOf(command, { LMS_TOKEN: 'a b' })).toEqual([
      ...['curl', '-sS', '-G', '-H', 'X-Auth-Token: a b', url, ...data, ...all],
    ]);
  });
});

describe('an export', () => {
  it('is all that matches, between the times of the question', () => {
    const asked = { q: 'a&b', since: '2026-11-30T17:00:00.000Z', until: undefined, tz: 'Europe/Berlin' };
    const fields = fieldsOf(['service', 'user', 'time', 'a,b']);
    const url = new URL(exportHref(SERVER, asked, { format: 'csv', fields, isForSpreadsheet: true }));
    expect(url.pathname).toBe('/lms/api/v1/entries');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      ...{ q: 'a&b', since: '2026-11-30T17:00:00.000Z', tz: 'Europe/Berlin', limit: 'all', format: 'csv' },
      ...{ fields: 'time,severity,service,user,payload', spreadsheet: 'true' },
    });
    expect(exportHref(SERVER, { ...TIMES, q: '' }, { format: 'text', fields })).toBe(
      `${SERVER}api/v1/entries?tz=UTC&limit=all&format=text`,
    );
  });

  it('has a name of its own', () => {
    expect(fileName('text', new Date('2026-11-30T17:16:32Z'))).toBe('logs-2026-11-30T17-16-32.txt');
    expect(fileName('csv', new Date('2026-11-30T17:16:32Z'))).toBe('logs-2026-11-30T17-16-32.csv');
  });
});
