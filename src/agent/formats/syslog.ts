import { levelOfSyslog } from '../../logs/levels.ts';
import { cutServiceName } from '../../logs/service-name.ts';
import { type Format, type LineContext, type Reading, readingOf } from './format.ts';
import { type LevelTag } from './level.ts';
import { levelInText } from './level-words.ts';
import { structuredData } from './structured-data.ts';
import { isoTimeAt, type LineTime, syslogTimeAt } from './times.ts';

const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  );
const LEVELS = 'emerg alert crit err warning notice info debug'.split(' ');

/** `<34>` before a message: eight times the facility, and the severity. */
const PRIORITY = /^<(\d{1,3})>/;
/** `1 2026-11-05T13:45:00Z host app 1234 ID47 `, as RFC 5424 has it; `-` where there is none. */
const HEADER_5424 = /1 (\S{1,64}) (\S{1,255}) (\S{1,64}) (\S{1,128}) (\S{1,32}) /y;
/** Between priority and time some have a number, and Cisco's devices a mark that their clock is not set. */
const BEFORE_TIME = /(?:\d{1,10}: )?[*.]?/y;
const HOST = /([\w.:-]{1,255}) +/y;
/** `program[1234]: `; a program in parentheses is PAM's. */
const TAG = /([\w./@+-]{1,64}(?:\([\w-]{1,64}\))?)(?:\[([^\]\s]{1,32})\])?:(?: |$)/y;
const LEVEL_NAME = /^(?:trace|debug|info|notice|warn|warning|error|err|fatal|critical|crit|severe)$/i;
/** As rsyslog writes times to files. */
const RSYSLOG_TIME = /\.\d{6}[+-]\d\d:\d\d$/;

/** syslog as RFC 5424 and RFC 3164 have it, and lines of files that rsyslog and others wrote, which have no priority. */
export const syslog: Format = {
  name: 'syslog',
  read(line, context) {
    const [mark, number] = line.startsWith('<') ? (PRIORITY.exec(line) ?? []) : [];
    if (mark === undefined) return readFileLine(line, context);
    const priority = Number(number);
    if (priority > 191) return undefined;
    const told = { facility: FACILITIES[priority >> 3], ...levelOf(priority & 7) };
    return read5424(line, mark.length, told) ?? read3164(line, mark.length, { told, context });
  },
};

/** What the priority says. */
interface Told extends LevelTag {
  readonly facility: string | undefined;
}

function levelOf(number: number): LevelTag {
  const level = levelOfSyslog(number);
  return { severity: level?.severity ?? 'info', level: level?.isTold === true ? undefined : LEVELS[number] };
}

function read5424(line: string, start: number, { facility, severity, level }: Told): Reading | undefined {
  HEADER_5424.lastIndex = start;
  const [header, time = '', host, app, process, messageId] = HEADER_5424.exec(line) ?? [];
  if (header === undefined) return undefined;
  const at = time === '-' ? undefined : isoTimeAt(time, 0, UNZONED);
  if (time !== '-' && at?.end !== time.length) return undefined;
  const data = structuredData(line, start + header.length);
  if (data === undefined) return undefined;
  const service = given(app);
  return readingOf(line, {
    timestamp: at?.timestamp,
    severity,
    service: service === undefined ? undefined : cutServiceName(service),
    host: given(host),
    tags: {
      ...data.elements,
      facility,
      level,
      pid: given(process),
      msgid: given(messageId),
      timestamp: at?.exact,
    },
  });
}

/** Times of RFC 5424 have an offset. */
const UNZONED: LineContext = { observedMs: 0, zone: { toUnixSeconds: () => NaN } };

function given(text: string | undefined): string | undefined {
  return text === '-' ? undefined : text;
}

interface Around {
  readonly told: Told;
  readonly context: LineContext;
}

/** Whatever stands behind a priority is a message. What it has of time, host and program is taken where it is sure. */
function read3164(line: string, start: number, { told, context }: Around): Reading {
  const { facility, severity, level } = told;
  BEFORE_TIME.lastIndex = start;
  const timeStart = start + (BEFORE_TIME.exec(line)?.[0].length ?? 0);
  const time = timeOf(line, timeStart, context);
  const origin = originAt(line, time === undefined ? start : endOfSpace(line, time.end), time !== undefined);
  return readingOf(line, {
    timestamp: time?.timestamp,
    severity,
    service: origin?.program,
    host: origin?.host,
    tags: { facility, level, pid: origin?.pid, timestamp: time?.exact },
  });
}

function readFileLine(line: string, context: LineContext): Reading | undefined {
  const time = timeOf(line, 0, context);
  if (time === undefined || line[time.end] !== ' ') return undefined;
  const origin = originAt(line, endOfSpace(line, time.end), true);
  if (origin?.host === undefined || LEVEL_NAME.test(origin.host)) return undefined;
  const isIso = line.charCodeAt(0) < 0x3a;
  if (isIso && origin.pid === undefined && !RSYSLOG_TIME.test(line.slice(0, time.end))) return undefined;
  const { severity, level } = levelInText(line.slice(origin.end, origin.end + 200), 0);
  return readingOf(line, {
    timestamp: time.timestamp,
    severity,
    service: origin.program,
    host: origin.host,
    tags: { level, pid: origin.pid, timestamp: time.exact },
  });
}

function timeOf(line: string, start: number, context: LineContext): LineTime | undefined {
  const time = syslogTimeAt(line, start, context) ?? isoTimeAt(line, start, context);
  if (time === undefined) return undefined;
  // Cisco's devices have a colon behind it.
  return line[time.end] === ':' ? { ...time, end: time.end + 1 } : time;
}

/** Who wrote a message. */
interface MessageOrigin {
  readonly host: string | undefined;
  readonly program: string;
  readonly pid: string | undefined;
  /** Where the message begins. */
  readonly end: number;
}

/** `[host ]program[pid]: `. A host counts only if a program stands behind it: else it may be a word of the message. */
function originAt(line: string, start: number, mayHaveHost: boolean): MessageOrigin | undefined {
  const alone = programAt(line, start);
  if (alone !== undefined || !mayHaveHost) return alone;
  HOST.lastIndex = start;
  const [all, host] = HOST.exec(line) ?? [];
  const program = all === undefined ? undefined : programAt(line, start + all.length);
  return program && { ...program, host };
}

function programAt(line: string, start: number): MessageOrigin | undefined {
  TAG.lastIndex = start;
  const [all, name, pid] = TAG.exec(line) ?? [];
  if (all === undefined || name === undefined) return undefined;
  const program = cutServiceName(name);
  return program === '' ? undefined : { host: undefined, program, pid, end: start + all.length };
}

function endOfSpace(line: string, from: number): number {
  let at = from;
  while (line[at] === ' ') at += 1;
  return at;
}
