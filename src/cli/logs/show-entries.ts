import { filterHash, printCursor } from '../../query/answers/cursor.ts';
import type { Cost } from '../../query/answers/page.ts';
import { visible } from '../../text/visible.ts';
import { type EntryFormat, entryFormat } from '../output/entries/formats.ts';
import { count as counted } from '../output/numbers.ts';
import { searchedText } from '../output/search-progress.ts';
import type { Answered, Asked } from './answer.ts';
import { ContextListing } from './context-listing.ts';
import { formatChoice } from './format-choice.ts';
import { Listing } from './listing.ts';

/** Lines that are shown unless it is said how many. */
const USUAL_LINES = 100;
const SEPARATOR = '--\n';

/** Prints the entries that match. */
export async function showEntries(asked: Asked): Promise<Answered> {
  const { question, options, means, sink, start } = asked;
  const { filter, around, clock } = question;
  const { lines = USUAL_LINES, reverse: isReversed = false } = options;
  const listing = new Listing({ filter, around, lines, isReversed, start }, means);
  const found =
    options.context === undefined ? await printPages(listing, asked) : await printGroups(listing, asked);
  await sink.end();
  const { stopped, pages } = listing;
  return {
    found,
    notes: options.showCursor ? cursorNotes(listing, asked) : usualNotes(listing, found, asked),
    stopped:
      stopped && (stopped.at === undefined ? '' : searchedText(stopped.order, clock.at(stopped.at).local)),
    explanation: explanationOf(
      pages.map(({ cost }) => cost),
      found,
    ),
  };
}

/** Says that there may be more than what is shown unless it is said how much. */
function usualNotes({ pages }: Listing, found: number, { question, options, start }: Asked): string[] {
  const isUsual = options.lines === undefined && question.around === undefined && start === undefined;
  const mayBeMore = isUsual && found === USUAL_LINES && pages.at(-1)?.next !== undefined;
  return mayBeMore ? [`the newest ${USUAL_LINES} are shown; for more: -n 1000, or -n all`] : [];
}

/** The option that shows what comes behind, if something may. */
function cursorNotes({ next }: Listing, { question, nowMs }: Asked): string[] {
  if (next === undefined) return [];
  const cursor = printCursor({ stretch: next, nowMs, filterHash: filterHash(question.filter) });
  return [`next: --cursor ${cursor}`];
}

async function printPages(listing: Listing, { options, style, sink }: Asked): Promise<number> {
  const format = entryFormat(formatChoice(options), style);
  let found = 0;
  for await (const entries of listing.entries()) {
    if (entries.length === 0) continue;
    await sink.write((found === 0 ? format.header : '') + format.write(entries));
    found += entries.length;
    if (sink.isClosed) break;
  }
  return found;
}

/** Prints each that matches among its neighbours. */
async function printGroups(listing: Listing, { options, means, style, sink }: Asked): Promise<number> {
  const { context: lines = 0, sameService: isOfService = false } = options;
  const groups = new ContextListing(listing, { lines, isOfService }, means);
  const choice = formatChoice(options);
  const format: EntryFormat = entryFormat(choice, { ...style, isMarked: (entry) => groups.isMatch(entry) });
  const separator = choice.kind === 'text' || choice.kind === 'raw' ? SEPARATOR : '';
  let isFirst = true;
  for await (const entries of groups.groups()) {
    await sink.write((isFirst ? format.header : separator) + format.write(entries));
    isFirst = false;
    if (sink.isClosed) break;
  }
  return groups.matches;
}

const PLANS: Readonly<Record<Cost['plan'], string>> = {
  key: 'in the order of time',
  tags: 'by the indexes of the tags',
  services: 'by the index of services and severities',
  'busy minutes': 'in the order of time, without the minutes that have none of these services and severities',
  nothing: 'not at all: the counts say that there are none',
};

/** What was looked at where the index of words could have helped. */
const INDEX_USES: readonly (readonly [Cost['index'], string])[] = [
  ['used', 'indexed: only where the index of words says that it may be'],
  ['unusable', 'scanned: there is no index of words, or it cannot be relied on now'],
];

function explanationOf(costs: readonly Cost[], found: number): string {
  const rows = costs.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
  const ms = costs.reduce((sum, cost) => sum + cost.ms, 0);
  const pages = `${counted(costs.length)} ${costs.length === 1 ? 'page' : 'pages'}`;
  const missing = namesOf(costs, 'missing');
  const hint = missing.length === 0 ? '' : `; faster with: lms index add ${missing.map(visible).join(' ')}`;
  return `read ${waysOf(costs).join('; ')}: ${counted(rows)} ${rows === 1 ? 'row' : 'rows'} for ${counted(found)}, in ${counted(Math.round(ms))} ms and ${pages}${hint}`;
}

/** How rows were reached, and by which indexes. */
function waysOf(costs: readonly Cost[]): readonly string[] {
  const used = namesOf(costs, 'used');
  const plans = [...new Set(costs.map(({ plan }) => plan))].map((plan) =>
    plan === 'tags' ? `${PLANS.tags} ${used.map(visible).join(', ')}` : PLANS[plan],
  );
  const words = INDEX_USES.filter(([use]) => costs.some(({ index }) => index === use));
  return [...plans, ...words.map(([, text]) => text)];
}

function namesOf(costs: readonly Cost[], kind: keyof Cost['tags']): readonly string[] {
  return [...new Set(costs.flatMap(({ tags }) => tags[kind]))];
}
