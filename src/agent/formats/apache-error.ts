import { type Format, readingOf } from './format.ts';
import { levelTag } from './level.ts';
import { ctimeAt } from './times.ts';

/** Behind the time: `] [core:error] ` of 2.4, `] [error] ` of 2.2. */
const LEVEL = /^\] \[(?:([\w-]{0,40}):)?(emerg|alert|crit|error|warn|notice|info|debug|trace[1-8])\] /;
/** Then, of 2.4, `[pid 1234:tid 5678] `, and of both `[client 10.0.0.1:4711] `; a system error may stand between. */
const ORIGIN =
  /^(?:\[pid (\d{1,10})(?::tid (\d{1,20}))?\] )?(?:\(\d{1,6}\)[^:]{1,200}: )?(?:\[(?:client|remote) ([^\]\s]{1,100})\] )?(?:(AH\d{5}): )?/;
const REFERRER = /, referer: (\S{1,4000})$/;
const HEAD_UNITS = 600;
const PORT = /^(.*?):(\d{1,5})$/;

/** Apache's error log, of 2.2 and 2.4: `[Thu Nov 05 13:45:00.123456 2026] [core:error] [pid 1234] message`. */
export const apacheError: Format = {
  name: 'apache-error',
  read(line, context) {
    const time = line.startsWith('[') ? ctimeAt(line, 1, context) : undefined;
    if (time === undefined) return undefined;
    const head = line.slice(time.end, time.end + HEAD_UNITS);
    const level = LEVEL.exec(head);
    if (level === null) return undefined;
    const [said, module = '', name = ''] = level;
    const [, pid, tid, client, code] = ORIGIN.exec(head.slice(said.length)) ?? [];
    const { severity, level: kept } = name.startsWith('trace')
      ? { severity: 'debug' as const, level: name }
      : levelTag(name);
    const tags = {
      level: kept,
      module: module === '' ? undefined : module,
      pid: pid === undefined ? undefined : Number(pid),
      tid,
      ...(module === '' ? { ip: client } : addressOf(client)),
      error_code: code,
      referrer: REFERRER.exec(line.slice(-HEAD_UNITS))?.[1],
      timestamp: time.exact,
    };
    return readingOf(line, { timestamp: time.timestamp, severity, tags });
  },
};

/** 2.4 writes `10.0.0.1:4711` and `::1:4711`; 2.2 writes no port. */
function addressOf(client: string | undefined): { readonly ip?: string; readonly port?: number } {
  if (client === undefined) return {};
  const [, address = '', port] = PORT.exec(client) ?? [];
  if (port === undefined) return { ip: client };
  return { ip: address, port: Number(port) };
}
