import { rm } from 'node:fs/promises';
import { startLocalEmulator, type LocalEmulator } from '../test/support/local-emulator.ts';
import { Unavailable } from '../test/support/server.ts';
import { MysqlServer, type MysqlProgram } from './mysql-server.ts';
import { planRound, type RoundSize } from './plan.ts';
import { playRound, type RoundResult } from './round.ts';
import { clearStage, setStage, type Database } from './stage.ts';
import { faultsOfRound, roundLine, tallyText } from './tally.ts';

/** Rounds to be played one after the other on the same tables. */
export interface Campaign {
  readonly seed: number;
  /** Their numbers, from 1. */
  readonly rounds: readonly number[];
  readonly size: RoundSize;
  readonly mysql: MysqlProgram;
  /** For the logs; emptied first. */
  readonly directory: string;
  readonly print: (text: string) => void;
}

/** One round in so many is on the real emulator: it can be cut off, but has none of the broker's bad days. */
const EMULATOR_EVERY = 10;

/** Plays and prints; resolves to whether every round was as promised. */
export async function playAll(campaign: Campaign): Promise<boolean> {
  const { seed, rounds, size, directory, print } = campaign;
  await rm(directory, { recursive: true, force: true });
  await using server = await MysqlServer.start(campaign.mysql);
  const emulator = await startEmulator(print);
  try {
    const database: Database = {
      description: server.description,
      server,
      host: '127.0.0.1',
      port: server.port,
      url: (name, port) => server.url(name, port),
    };
    print(`chaos, seed ${String(seed)}, on ${server.description}\n`);
    const stage = await setStage(database, emulator);
    const results: RoundResult[] = [];
    for (const round of rounds) {
      const onEmulator = emulator !== undefined && round % EMULATOR_EVERY === 0;
      const servers = { pubsub: onEmulator ? ('emulator' as const) : ('broker' as const), ownMysql: true };
      const plan = planRound(seed, round, size, servers);
      const result = await playRound(plan, stage, `${directory}round-${String(round).padStart(2, '0')}/`);
      results.push(result);
      print(roundLine(result));
    }
    await clearStage(stage);
    print(tallyText(results));
    const passed = results.every((result) => faultsOfRound(result).length === 0);
    if (!passed) print(`To play it again: --seed ${String(seed)} --round <n>. Logs: ${directory}\n`);
    return passed;
  } finally {
    await emulator?.stop();
  }
}

async function startEmulator(print: (text: string) => void): Promise<LocalEmulator | undefined> {
  try {
    return await startLocalEmulator();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    print(`${error.message}: all rounds are on the embedded broker\n`);
    return undefined;
  }
}
