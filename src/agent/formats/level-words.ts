import { type LevelTag, levelTag } from './level.ts';

const NAMES =
  'TRACE|DEBUG|INFO|NOTICE|WARNING|WARN|ERROR|ERR|SEVERE|FATAL|CRITICAL|CRIT|ALERT|EMERGENCY|EMERG|PANIC|TRC|DBG|INF|WRN|FTL';
/** A level in capitals between marks or spaces. */
const IN_CAPITALS = new RegExp(`(?:^|[\\s[(<|:-])(${NAMES})(?=[\\s\\])>|:,-]|$)`);
/** A level alone in brackets, in any case. */
const IN_BRACKETS = new RegExp(`\\[(${NAMES}) ?\\]`, 'i');
/** A level that a line begins with, in any case, before a colon or a tab. */
const BEFORE_COLON = new RegExp(
  `^\\s{0,3}(?:(?:PHP )?(${NAMES}|fail)(?: error)?:(?=\\s|$)|(${NAMES})\\t)`,
  'i',
);
/** What programs print as they fail, without a level. */
const FAILURE =
  /^(?:(panic: |fatal error: )|Traceback \(most recent call last\):|Exception in thread |Unhandled exception|(?:[A-Za-z_$][\w$]{0,80}[.:]{1,2}){0,20}(?:[A-Za-z_$][\w$]{0,80})?(?:Exception|Error)(?::\s|$))/;
const HEAD_UNITS = 200;
/** A level stands behind a number or a name or two; behind more words it is a word of the message. */
const MAX_WORDS_BEFORE = 2;

/**
 * The level that a text says in the usual places, from `start` on: in front, or if a time stood before it, behind a
 * thread or the name of a logger, too. Info if it says none for sure.
 */
export function levelInText(line: string, start: number): LevelTag {
  const head = line.slice(start, start + HEAD_UNITS);
  const [, name, before] = BEFORE_COLON.exec(head) ?? [];
  if (name !== undefined || before !== undefined) return levelTag(named(name ?? before ?? ''));
  const words = start === 0 ? 0 : MAX_WORDS_BEFORE;
  for (const pattern of [IN_BRACKETS, IN_CAPITALS]) {
    const match = pattern.exec(head);
    if (match !== null && wordsIn(head.slice(0, match.index)) <= words) return levelTag(match[1]);
  }
  const failure = FAILURE.exec(head);
  if (failure === null) return levelTag(undefined);
  return { severity: failure[1] === undefined ? 'error' : 'fatal', level: undefined };
}

/** .NET says `fail`. */
function named(name: string): string {
  return name.toLowerCase() === 'fail' ? 'error' : name;
}

const BRACKETED = /\[[^\]]*\]|\([^)]*\)/g;

/** Words outside brackets. */
function wordsIn(text: string): number {
  return text.replace(BRACKETED, ' ').match(/\w[^\s]*/g)?.length ?? 0;
}
