/** How a line is told that begins an event. */
export type StartPattern = { readonly pattern: RegExp } | { readonly refused: string };

const MAX_PATTERN_UNITS = 500;
/** A pattern is held against so much of a line: its beginning. */
const MAX_HEAD_UNITS = 100;
/** In so many ways a pattern may fit a line: to try them all takes less than a tenth of a second. */
const MAX_WAYS = 10_000_000;
/** What repeats up to this number is counted; what may repeat more often counts as if it had no bound. */
const FEW = 10;

/**
 * Reads a regular expression that a line which begins an event matches, from its first character on. Refused is what
 * could take very long on some line: a repetition of what itself varies, references back, and more repetitions than
 * can be tried.
 */
export function startPattern(source: string): StartPattern {
  if (source.length > MAX_PATTERN_UNITS)
    return { refused: `it should have at most ${MAX_PATTERN_UNITS} characters` };
  let pattern: RegExp;
  try {
    // By itself first: a parenthesis too many would end the group around it.
    pattern = new RegExp(`^(?:${new RegExp(source, 'u').source})`, 'u');
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
  const refused = whySlow(source);
  return refused === undefined ? { pattern } : { refused };
}

/** Whether a line begins as the pattern says. Takes a bounded time, whatever the line. */
export function beginsBy(pattern: RegExp, line: string): boolean {
  return pattern.test(line.slice(0, MAX_HEAD_UNITS));
}

/** Parts of an expression that matter here; a class and an escaped character are one part each. */
const PARTS =
  /\\k<|\\[1-9]|\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\(\?[:=!]|\(\?<[=!]|\(\?<\w+>|\(|\)|\||\{(\d+)(,?)(\d*)\}|[*+?]/g;

/** In how many ways a part of an expression may fit. */
interface Ways {
  /** By alternatives, and by repetitions that are counted. */
  counted: number;
  /** How many repetitions have no bound. */
  unbounded: number;
}

interface Group extends Ways {
  alternatives: number;
}

const ONE_WAY: Readonly<Ways> = { counted: 1, unbounded: 0 };

/** Why a pattern may be slow; undefined if it cannot. */
function whySlow(source: string): string | undefined {
  const groups: Group[] = [newGroup()];
  let repeated: Readonly<Ways> = ONE_WAY;
  let end = 0;
  for (const match of source.matchAll(PARTS)) {
    const [part] = match;
    const times = timesOf(match);
    const target = match.index === end ? repeated : ONE_WAY;
    if (times === undefined || match.index > end) add(groups, repeated);
    end = match.index + part.length;
    repeated = ONE_WAY;
    if (/^\\(?:k<|[1-9])/.test(part)) return 'it should not refer back to a group';
    if (part.startsWith('(')) groups.push(newGroup());
    else if (part === ')') repeated = closed(groups);
    else if (part === '|') alternative(groups);
    else if (times !== undefined) {
      const ways = repetition(target, times);
      if (ways === undefined)
        return 'it should not repeat a group in which something repeats or has alternatives';
      add(groups, ways);
    }
  }
  add(groups, repeated);
  return countOf(closed(groups)) <= MAX_WAYS ? undefined : 'it should have fewer repetitions such as * or +';
}

function newGroup(): Group {
  return { ...ONE_WAY, alternatives: 1 };
}

function alternative(groups: readonly Group[]): void {
  const group = groups.at(-1);
  if (group !== undefined) group.alternatives += 1;
}

/** What stands in the innermost group. */
function add(groups: readonly Group[], { counted, unbounded }: Readonly<Ways>): void {
  const group = groups.at(-1);
  if (group === undefined) return;
  group.counted *= counted;
  group.unbounded += unbounded;
}

/** Ends the innermost group. */
function closed(groups: Group[]): Readonly<Ways> {
  const { counted, unbounded, alternatives } = groups.pop() ?? newGroup();
  return { counted: counted * alternatives, unbounded };
}

interface Times {
  readonly least: number;
  readonly most: number;
}

/** How often something repeats by this part of an expression; undefined if it says nothing of that. */
function timesOf([part, least, comma, most]: RegExpMatchArray): Times | undefined {
  if (part === '?') return { least: 0, most: 1 };
  if (part === '*' || part === '+') return { least: 0, most: Infinity };
  if (least === undefined) return undefined;
  if (comma === '') return { least: Number(least), most: Number(least) };
  return { least: Number(least), most: most === '' ? Infinity : Number(most) };
}

/** Undefined if it would be too many to count. */
function repetition({ counted, unbounded }: Readonly<Ways>, { least, most }: Times): Ways | undefined {
  if (most > FEW && least !== most)
    return counted > 1 || unbounded > 0 ? undefined : { counted: 1, unbounded: 1 };
  if (most > 1 && unbounded > 0) return undefined;
  return { counted: counted ** most * (most - least + 1), unbounded };
}

/** Repetitions without a bound share the characters of a line among them. */
function countOf({ counted, unbounded }: Readonly<Ways>): number {
  let count = counted;
  for (let each = 1; each <= unbounded; each += 1) count *= MAX_HEAD_UNITS / each;
  return count;
}
