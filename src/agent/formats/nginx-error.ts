import { type Format, readingOf } from './format.ts';
import { levelTag } from './level.ts';
import { isoTimeAt } from './times.ts';

/** Behind the time: `[error] 1234#5678: *90 message`. */
const HEAD =
  /^ \[(debug|info|notice|warn|error|crit|alert|emerg)\] (\d{1,10})#(\d{1,10}): (?:\*(\d{1,20}) )?/;
const DATE_UNITS = '2026/11/05 13:45:00'.length;
const MAX_TAIL_UNITS = 20_000;
/** What stands at the end of a message, each behind a comma. */
const DETAILS =
  /, (client|server|request|subrequest|upstream|host|referrer): (?:"((?:[^"\\]|\\.)*)"|([^,"]*))/gy;
/** What a detail is called among the tags. The request is no access: that has a line of its own, in the access log. */
const TAGS: Readonly<Record<string, string>> = {
  client: 'ip',
  server: 'server',
  request: 'request',
  subrequest: 'subrequest',
  upstream: 'upstream',
  host: 'vhost',
  referrer: 'referrer',
};

/** nginx's error log: `2026/11/05 13:45:00 [error] 1234#5678: *90 open() failed, client: 10.0.0.1, …`. */
export const nginxError: Format = {
  name: 'nginx-error',
  read(line, context) {
    if (line[4] !== '/' || line[DATE_UNITS + 1] !== '[') return undefined;
    const time = isoTimeAt(line, 0, context);
    const head = HEAD.exec(line.slice(DATE_UNITS, DATE_UNITS + 100));
    if (time?.end !== DATE_UNITS || head === null) return undefined;
    const [, name, pid, tid, connection] = head;
    const { severity, level } = levelTag(name);
    const tags = {
      level,
      pid: Number(pid),
      tid: Number(tid),
      connection: connection === undefined ? undefined : Number(connection),
      ...detailsOf(line),
    };
    return readingOf(line, { timestamp: time.timestamp, severity, tags });
  },
};

function detailsOf(line: string): Record<string, string> {
  const tags: Record<string, string> = {};
  const start = line.indexOf(', client: ');
  if (start === -1) return tags;
  for (const [, name = '', quoted, plain = ''] of line
    .slice(start, start + MAX_TAIL_UNITS)
    .matchAll(DETAILS)) {
    const tag = TAGS[name];
    if (tag !== undefined) tags[tag] = quoted ?? plain;
  }
  return tags;
}
