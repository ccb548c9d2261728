import { markdownTable, numberText } from './markdown.ts';
import { type Case, type Sample, type Spread, spread, type Target } from './sample.ts';

/** All that was measured of a case, a sample for each round. */
export interface Result {
  readonly of: Case;
  readonly samples: readonly Sample[];
}

const HEAD = [
  '',
  'ratio (least–most)',
  'of both',
  '',
  'CPU µs',
  'server',
  'busy',
  'RSS MB',
  'p50 ms',
  'p99 ms',
  'rolled back',
  'target',
];
const LEGEND =
  'Ratio: to the limits measured in the same round (the lower one where there are two). Of both: to what the two leave when the machine has ' +
  'to do both for each message and never rests. CPU: user and system of our whole ' +
  'process, per message, from the first message on; server: the same of the database server. Busy: share of the CPU time of all ' +
  'CPUs in which something ran, ours or not. RSS: the most it ever had, of several workers the largest. p50, p99: from publish to the row, or to the answer. Rolled back: transactions of all rounds, whatever the reason.';

/** The results as a Markdown table. */
export function table(results: readonly Result[]): string {
  const rows = results.map((result) => row(result, results));
  return [markdownTable([HEAD, ...rows]), '', LEGEND].join('\n');
}

/** The targets that the medians miss. */
export function missed(results: readonly Result[]): string[] {
  return results.flatMap((result) =>
    (result.of.targets ?? [])
      .filter((target) => !isMet(target, result, results))
      .map((target) => `${result.of.name}: ${wording(target)}`),
  );
}

function row(result: Result, results: readonly Result[]): string[] {
  const { of, samples } = result;
  const column = (pick: (sample: Sample) => number | undefined, digits = 0) =>
    numberText(medianOf(samples.map(pick)), digits);
  return [
    of.name,
    ratioText(ratios(result, results)),
    ofBothText(result, results),
    `${numberText(medianOf(samples.map(({ value }) => value)), of.unit === 'ms' ? 1 : 0)} ${of.unit}`,
    column(({ cpuMicros }) => cpuMicros, 1),
    column(({ serverMicros }) => serverMicros, 1),
    percentText(medianOf(samples.map(({ busyShare }) => busyShare))),
    column(({ peakRssBytes }) => peakRssBytes && peakRssBytes / 1e6),
    column(({ p50Ms }) => p50Ms, 1),
    column(({ p99Ms }) => p99Ms, 1),
    numberText(sumOf(samples.map(({ rollbacks }) => rollbacks)), 0),
    (of.targets ?? [])
      .map((target) => `${wording(target)} ${isMet(target, result, results) ? '✓' : '✗'}`)
      .join(', '),
  ];
}

/** Against the lowest limit that was measured in the same round. */
function ratios({ of, samples }: Result, results: readonly Result[]): Spread | undefined {
  if (of.against.length === 0) return undefined;
  return spread(
    samples.map(({ value }, round) => {
      const limits = samplesOf(of.against, results, round).map((limit) => limit.value);
      return value / Math.min(...limits);
    }),
  );
}

/**
 * Against what two limits leave if the machine has to do both for every message and never rests: a limit of
 * 100,000 a second at which it was busy for 80 % of the time takes 8 µs of the whole machine.
 */
function ofBothText({ of, samples }: Result, results: readonly Result[]): string {
  if (of.against.length < 2) return '';
  const shares = samples.map(({ value }, round) => {
    const limits = samplesOf(of.against, results, round);
    return value * limits.reduce((sum, limit) => sum + (limit.busyShare ?? NaN) / limit.value, 0);
  });
  return spread(shares).median.toFixed(2);
}

function samplesOf(names: readonly string[], results: readonly Result[], round: number): Sample[] {
  return results
    .filter(({ of }) => names.includes(of.name))
    .map(({ samples }) => samples[round])
    .filter((sample) => sample !== undefined);
}

function columnOf({ column }: Target, result: Result, results: readonly Result[]): number {
  const { samples } = result;
  switch (column) {
    case 'ratio':
      return ratios(result, results)?.median ?? NaN;
    case 'value':
      return medianOf(samples.map(({ value }) => value)) ?? NaN;
    case 'cpuMicros':
      return medianOf(samples.map(({ cpuMicros }) => cpuMicros)) ?? NaN;
    case 'p50Ms':
      return medianOf(samples.map(({ p50Ms }) => p50Ms)) ?? NaN;
    case 'p99Ms':
      return medianOf(samples.map(({ p99Ms }) => p99Ms)) ?? NaN;
    case 'peakRssMb':
      return (medianOf(samples.map(({ peakRssBytes }) => peakRssBytes)) ?? NaN) / 1e6;
  }
}

function isMet(target: Target, result: Result, results: readonly Result[]): boolean {
  const { atMost = Infinity, atLeast = -Infinity, unlessBusy = Infinity } = target;
  const value = columnOf(target, result, results);
  if (value <= atMost && value >= atLeast) return true;
  return (medianOf(result.samples.map(({ busyShare }) => busyShare)) ?? 0) >= unlessBusy;
}

const SHORT = {
  ratio: 'ratio',
  value: '',
  cpuMicros: 'CPU',
  peakRssMb: 'RSS',
  p50Ms: 'p50',
  p99Ms: 'p99',
} as const;

function wording({ column, atMost, atLeast, unlessBusy }: Target): string {
  const bound = `${SHORT[column]} ${atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`}`.trim();
  return unlessBusy === undefined ? bound : `${bound} or busy ≥ ${percentText(unlessBusy)}`;
}

function sumOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}

function medianOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : spread(known).median;
}

function ratioText(of: Spread | undefined): string {
  if (of === undefined) return '1';
  return `${of.median.toFixed(2)} (${of.least.toFixed(2)}–${of.most.toFixed(2)})`;
}

function percentText(share: number | undefined): string {
  return share === undefined ? '' : `${(share * 100).toFixed(0)} %`;
}
