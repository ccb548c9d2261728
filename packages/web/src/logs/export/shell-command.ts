import type { Run } from '../../state/run.ts';

/** The question that a command asks. */
export type Asked = Pick<Run, 'q' | 'since' | 'until' | 'tz'>;

const PLAIN = /^[\w@%+=:,./-]+$/;

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The command of the shell that asks a server the same. */
export function logsCommand({ q, since, until, tz }: Asked, server: string): string {
  const words = [
    'lms logs',
    // What begins with a dash would be taken for an option.
    ...(q === '' || q.startsWith('-') ? [] : [quoted(q)]),
    ...optionOf('--since', since),
    ...optionOf('--until', until),
    ...optionOf('--tz', tz),
    ...optionOf('--url', server),
    ...(q.startsWith('-') ? ['--', quoted(q)] : []),
  ];
  return words.join(' ');
}

/** The same by curl: all that matches, an entry a line. A token is that of LMS_TOKEN. */
export function curlCommand({ q, since, until, tz }: Asked, server: string): string {
  const query = { q: q === '' ? undefined : q, since, until, tz, limit: 'all', format: 'ndjson' };
  const data = Object.entries(query).map(([name, value]) =>
    value === undefined ? '' : ` --data-urlencode ${shellWord(`${name}=${value}`)}`,
  );
  const token = ' ${LMS_TOKEN:+-H "X-Auth-Token: $LMS_TOKEN"}';
  return `curl -sS -G${token} ${shellWord(new URL('api/v1/entries', server).href)}${data.join('')}`;
}

/** An expression is always in quotes: people go on writing in it. */
function quoted(q: string): string {
  return PLAIN.test(q) ? `'${q}'` : shellWord(q);
}

function optionOf(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, shellWord(value)];
}
