import type { Stretch } from '../../src/query/answers/ports.ts';
import { accessLog } from '../access-log.ts';
import { ASKED_TAGS, type Combination, combinations } from '../access-questions.ts';
import type { Database } from '../database.ts';
import { fillTables } from '../fill-tables.ts';
import { indexTags } from '../index-tags.ts';
import { Questions } from '../questions.ts';
import type { Case, Target } from '../sample.ts';
import type { Stage } from '../stage.ts';
import { timed } from '../timed.ts';

const GROUP = 'read';
const TIMES = 200;
const PAGE = 100;
/** Of the pages that are turned. */
const TURNED_PAGE = 25;
const TURNED_PAGES = 1_000;
/** Expressions whose later pages are asked for, in turn. */
const TURNED = 8;
/** One row in so many, about, is rare; a page has all of them. */
const RARE = 100_000;
/** Of a page by indexed tags. */
export const TAG_TARGETS: readonly Target[] = [
  { column: 'p50Ms', atMost: 10 },
  { column: 'p99Ms', atMost: 50 },
];

/** A table of access-log rows with their tags indexed, and what is asked of it. */
interface Indexed {
  readonly database: Database;
  readonly combinations: readonly Combination[];
}

/** Pages of every combination of indexed tags, of a table of so many access-log rows. */
export function readTagCases(stage: Stage, rows: number): Case[] {
  let filled: Promise<Indexed> | undefined;
  const indexed = () => (filled ??= fill(stage, rows));
  const one = (name: string, of: string, ask: Asking): Case => ({
    group: GROUP,
    name: `${name}, of ${rows.toLocaleString('en-US')}`,
    unit: 'ms',
    against: [],
    targets: TAG_TARGETS,
    run: async () => {
      const { database, combinations: all } = await indexed();
      const combination = all.find(({ name: known }) => known === of);
      if (combination === undefined) throw new Error(`no combination ${of}`);
      await using asked = await Questions.open(database.url);
      const ready = await ask(asked, combination, rows);
      return await timed(TIMES, ready);
    },
  });
  const names = combinations(1).map(({ name }) => name);
  const turned = names.filter((name) => name.split(', ').length < ASKED_TAGS.length);
  return [
    ...names.map((name) => one(`newest 100 by ${name}`, name, firstPage)),
    one('newest 100 by three tags that one row in 100,000 has', ASKED_TAGS.join(', '), rarePage),
    ...turned.map((name) => one(`page 1,000, or the last, by ${name}`, name, laterPage)),
  ];
}

/** Gets ready to ask of a combination, and returns how to do so for the nth time. */
type Asking = (
  asked: Questions,
  combination: Combination,
  rows: number,
) => Promise<(nth: number) => Promise<void>> | ((nth: number) => Promise<void>);

const firstPage: Asking = (asked, { expressions }) => askInTurn(asked, spread(expressions, TIMES));

const rarePage: Asking = (asked, { expressions }, rows) => {
  const often = rows / RARE;
  const rare = expressions.filter(([, matching]) => matching >= often / 1.5 && matching <= often * 1.5);
  return askInTurn(asked, spread(rare, TIMES));
};

function askInTurn(asked: Questions, expressions: Combination['expressions']) {
  return async (nth: number) => {
    const [expression, matching] = expressions[nth % expressions.length] ?? ['', 0];
    const { entries, isComplete } = await asked.page(expression, PAGE);
    if (entries.length !== Math.min(PAGE, matching) || !isComplete)
      throw new Error(`${expression}: ${entries.length} found of ${matching}`);
  };
}

/** Those that have most pages: the thousandth, or the last full one. */
const laterPage: Asking = async (asked, { expressions }) => {
  const most = expressions.toSorted(([, a], [, b]) => b - a).slice(0, TURNED);
  const pages: (readonly [string, Stretch])[] = [];
  for (const [expression, matching] of most) {
    const page = Math.min(TURNED_PAGES, Math.floor(matching / TURNED_PAGE));
    pages.push([expression, await stretchOfPage(asked, expression, page)]);
  }
  return async (nth) => {
    const [expression, stretch] = pages[nth % pages.length] ?? [''];
    const { entries } = await asked.page(expression, TURNED_PAGE, stretch);
    if (entries.length !== TURNED_PAGE) throw new Error(`${expression}: ${entries.length} on a later page`);
  };
};

/** Where a page begins, from the pages before it. */
async function stretchOfPage(asked: Questions, expression: string, page: number): Promise<Stretch> {
  let stretch: Stretch = { order: 'newest' };
  for (let left = (page - 1) * TURNED_PAGE; left > 0;) {
    const before = await asked.page(expression, left, stretch);
    if (before.next === undefined) throw new Error(`${expression} has no page ${page}`);
    stretch = before.next;
    left -= before.entries.length;
  }
  return stretch;
}

/** So many of them, from all over. */
function spread<Item>(items: readonly Item[], count: number): Item[] {
  const step = Math.max(1, Math.floor(items.length / count));
  return items.filter((_item, index) => index % step === 0);
}

async function fill(stage: Stage, rows: number): Promise<Indexed> {
  const database = await stage.database.fresh();
  await fillTables(database, rows, accessLog);
  await database.requireRows(rows);
  await indexTags(stage, database);
  return { database, combinations: combinations(rows) };
}
