import { rm } from 'node:fs/promises';
import { type AgentRoundResult, playAgentRound } from './round.ts';

/** Rounds of an agent that are played one after the other. */
export interface AgentCampaign {
  readonly seed: number;
  /** Their numbers. */
  readonly rounds: readonly number[];
  readonly moments: number;
  readonly senders: number;
  /** For the logs; emptied first. */
  readonly directory: string;
  readonly print: (text: string) => void;
}

/** Plays and prints; resolves to whether all was as promised. */
export async function playAgent(campaign: AgentCampaign): Promise<boolean> {
  const { seed, rounds, directory, print } = campaign;
  await rm(directory, { recursive: true, force: true });
  print(`agent, seed ${String(seed)}\n`);
  let isRight = true;
  for (const number of rounds) {
    const { moments, senders } = campaign;
    const place = `${directory}round-${String(number)}/`;
    const result = await playAgentRound({ seed, number, moments, senders, directory: place });
    print(roundText(number, result));
    if (result.problems.length === 0) continue;
    isRight = false;
    print(`To play it again: --seed ${String(seed)} --round ${String(number)}. Logs: ${place}\n`);
  }
  return isRight;
}

function roundText(number: number, { logLines, sentLines, moments, problems }: AgentRoundResult): string {
  const all = logLines + sentLines;
  const happened = [...moments].map(([name, count]) => `${name} ${String(count)}`).join(', ');
  const verdict = problems.length === 0 ? 'each line once, none torn' : 'WRONG';
  const lines = `${all.toLocaleString('en')} lines, ${sentLines.toLocaleString('en')} of them by connections`;
  const why = problems.map((problem) => `  ${problem}\n`).join('');
  return `round ${String(number)}: ${lines}: ${verdict} (${happened})\n${why}`;
}
