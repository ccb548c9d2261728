import type { Result } from './report.ts';
import type { Case, Sample } from './sample.ts';

/** Measures every case once a round, one after the other: what the machine does meanwhile hits them alike. */
export async function runRounds(
  cases: readonly Case[],
  rounds: number,
  print: (text: string) => void,
): Promise<Result[]> {
  const samples = cases.map((): Sample[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, one] of cases.entries()) {
      print(`round ${round + 1}/${rounds}  ${one.name}`);
      samples[index]?.push(await one.run());
    }
  }
  return cases.map((of, index) => ({ of, samples: samples[index] ?? [] }));
}

/**
 * The cases of these groups, and those that they are measured against, which then have no limits themselves. All of
 * them if no group is named.
 */
export function selected(cases: readonly Case[], groups: readonly string[]): readonly Case[] {
  if (groups.length === 0) return cases;
  const known = new Set(cases.map(({ group }) => group));
  const unknown = groups.filter((group) => !known.has(group));
  if (unknown.length > 0) throw new Error(`BENCH_ONLY: ${unknown.join()}: choose from ${[...known].join()}`);
  const chosen = cases.filter(({ group }) => groups.includes(group));
  const references = new Set(chosen.flatMap(({ against }) => against));
  return cases
    .filter((one) => chosen.includes(one) || references.has(one.name))
    .map((one) => (chosen.includes(one) ? one : { ...one, against: [], targets: [] }));
}
