import { FAULT_KINDS } from './plan.ts';
import type { RoundResult } from './round.ts';

const NUMBER = new Intl.NumberFormat('en-US');

/** Everything that a round must not show, in words. */
export function problemsOfRound({ tables, letters, problems }: RoundResult): string[] {
  const wrong = [
    [tables.lost, 'valid messages were confirmed and have no row'],
    [tables.double, 'rows stand twice'],
    [tables.altered, 'rows differ from their message'],
    [tables.alien, 'rows should not be there'],
    [tables.miscounted, 'counts differ from the rows'],
    [letters.lost, 'poison messages were confirmed and have no dead letter'],
    [letters.alien, 'dead letters should not be there'],
  ] as const;
  return [
    ...wrong.filter(([count]) => count > 0).map(([count, what]) => `${NUMBER.format(count)} ${what}`),
    ...problems,
  ];
}

/** One line for a round, and one for each thing that is wrong. */
export function roundLine(result: RoundResult): string {
  const { plan, published, tables, letters, faults, tookMs } = result;
  const { pubsub, workers } = plan.conditions;
  const wrong = problemsOfRound(result);
  const parts = [
    `round ${String(plan.round).padStart(2)}`,
    `${pubsub.padEnd(8)} ${String(workers)} ${workers === 1 ? 'worker ' : 'workers'}`,
    `${String(sum(faults)).padStart(2)} faults`,
    `${NUMBER.format(published.confirmed.size).padStart(6)} messages`,
    `${NUMBER.format(tables.rows).padStart(6)} rows`,
    `${String(letters.letters - letters.again)} dead (+${String(letters.again)} again)`,
    `${(tookMs / 1000).toFixed(1)} s`,
    wrong.length === 0 ? 'ok' : 'WRONG',
  ];
  return [parts.join('  '), ...wrong.map((line) => `  ✗ ${line}`), ''].join('\n');
}

/** The tally of all rounds: faults by kind, messages, lost, double. */
export function tallyText(results: readonly RoundResult[]): string {
  const injected = new Map<string, number>();
  for (const { faults } of results)
    for (const [kind, count] of faults) injected.set(kind, (injected.get(kind) ?? 0) + count);
  const kinds = FAULT_KINDS.map(({ name }) => `  ${String(injected.get(name) ?? 0).padStart(5)}  ${name}`);
  const total = (of: (result: RoundResult) => number) =>
    results.reduce((before, result) => before + of(result), 0);
  const confirmed = total(({ published }) => published.confirmed.size);
  const rows = total(({ tables }) => tables.rows);
  const dead = total(({ letters }) => letters.letters - letters.again);
  const copies = total(({ published }) => published.copies);
  const again = total(({ letters }) => letters.again);
  const lost = total(({ tables, letters }) => tables.lost + letters.lost);
  const double = total(({ tables }) => tables.double + tables.miscounted);
  const wrong = results.filter((result) => problemsOfRound(result).length > 0).length;
  return [
    '',
    'faults injected',
    ...kinds,
    `  ${String(sum(injected)).padStart(5)}  in all; and ${String(total(({ failedStarts }) => failedStarts))} starts of workers while something was down`,
    '',
    `messages  ${NUMBER.format(confirmed)} = ${NUMBER.format(rows)} rows + ${NUMBER.format(dead)} in the dead-letter topic` +
      `; ${NUMBER.format(copies)} published twice, ${NUMBER.format(again)} dead letters again`,
    `lost      ${NUMBER.format(lost)}`,
    `double    ${NUMBER.format(double)}`,
    `rounds    ${String(results.length)}, ${wrong === 0 ? 'all as promised' : `${String(wrong)} WRONG`}`,
    '',
  ].join('\n');
}

/** Faults that took effect, in all. */
function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((before, count) => before + count, 0);
}
