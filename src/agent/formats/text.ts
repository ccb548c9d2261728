import { epochTime } from '../../logs/epoch-time.ts';
import { type Format, type LineContext, type Reading, readingOf } from './format.ts';
import { levelTag } from './level.ts';
import { levelInText } from './level-words.ts';
import { instantOf, type LineTime, timeAt } from './times.ts';

/** What may stand before a time: a bracket, and the letter of Ruby's logger. */
const BEFORE_TIME = /^(?:[A-Z], )?[[(<]?/;
/** `I1105 13:45:00.123456  1234 file.go:12] message`: klog and glog. */
const KLOG = /^([IWEF])(\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6}) {1,10}\d{1,10} [\w./-]{1,200}:\d{1,7}\] /;
const KLOG_LEVELS: Readonly<Record<string, string>> = { I: 'info', W: 'warn', E: 'error', F: 'fatal' };
const KLOG_HEAD_UNITS = 260;
/** Seconds since 1970 in brackets. With fewer digits they are those since a machine was started. */
const BRACKETED_EPOCH = /^\[(\d{10}(?:\.\d{1,9})?)\]/;

/** Lines of text of any kind: with a time and a level where they are sure. Reads every line. */
export const text = {
  name: 'text',
  read(line: string, context: LineContext): Reading {
    const klog = readKlog(line, context);
    if (klog !== undefined) return klog;
    const time = leadingTime(line, context);
    const { severity, level } = levelInText(line, time?.end ?? 0);
    return readingOf(line, {
      timestamp: time?.timestamp,
      severity,
      tags: { level, timestamp: time?.exact },
    });
  },
} satisfies Format;

/** The time that a line of text begins with, if it is sure that it is one. */
function leadingTime(line: string, context: LineContext): LineTime | undefined {
  const start = BEFORE_TIME.exec(line)?.[0].length ?? 0;
  const time = timeAt(line, start, context);
  if (time !== undefined) return time;
  const [all, digits] = BRACKETED_EPOCH.exec(line.slice(0, 30)) ?? [];
  const epoch = digits === undefined ? null : epochTime(digits);
  if (epoch === null || all === undefined) return undefined;
  return { timestamp: epoch.timestamp, exact: epoch.finer === '' ? undefined : digits, end: all.length };
}

/** Whether a line begins as an event does, and no line in the midst of one: with a time. */
export function beginsWithTime(line: string, context: LineContext): boolean {
  return leadingTime(line, context) !== undefined || readKlog(line, context) !== undefined;
}

function readKlog(line: string, context: LineContext): Reading | undefined {
  const match = 'IWEF'.includes(line.charAt(0)) ? KLOG.exec(line.slice(0, KLOG_HEAD_UNITS)) : null;
  if (match === null) return undefined;
  const [, letter = '', month, day, hour, minute, second, fraction] = match;
  const timestamp = instantOf({ month: Number(month), day, hour, minute, second, fraction }, context);
  if (timestamp === undefined) return undefined;
  return readingOf(line, { timestamp, severity: levelTag(KLOG_LEVELS[letter]).severity, tags: {} });
}
