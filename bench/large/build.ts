import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLms } from '../lms-process.ts';
import { numberText } from '../markdown.ts';
import { usageOf } from '../usage.ts';
import type { Databases } from './ask.ts';
import type { Notes } from './notes.ts';
import type { KeptServer } from './server.ts';

const LOOK_MS = 500;

/** What is built for the questions: names that can be chosen. */
export const BUILT = ['rollups', 'tags', 'words'] as const;

export const BUILD_HEAD = ['', 'seconds', 'CPU s', 'CPU s of the server', 'RSS MB'];

/** What a process of `lms` took, and the server meanwhile. */
interface Took {
  readonly seconds: number;
  /** CPU of the process, to a look before its end. */
  readonly cpuSeconds: number;
  readonly serverSeconds: number;
  readonly peakRssBytes: number;
}

/** What is built, where, and who is told. */
interface Building {
  readonly server: KeptServer;
  readonly databases: Databases;
  readonly notes: Notes;
  /** Names out of `BUILT`, among others. */
  readonly wanted: ReadonlySet<string>;
  readonly print: (text: string) => void;
}

/** Builds what is wanted and was not built yet, and returns what each took as rows of a table. */
export async function buildRows({ server, databases, notes, wanted, print }: Building): Promise<string[][]> {
  const lines: string[][] = [];
  for (const { name, database, args } of builds(databases).filter(({ part }) => wanted.has(part))) {
    print(name);
    const took = await notes.numbers(name, () => runLms(server, database, args));
    const { seconds, cpuSeconds, serverSeconds, peakRssBytes } = took;
    const numbers = [seconds, cpuSeconds, serverSeconds, peakRssBytes / 1e6];
    lines.push([name, ...numbers.map((value) => numberText(value, 0))]);
  }
  return lines;
}

interface Build {
  readonly part: (typeof BUILT)[number];
  readonly name: string;
  readonly database: string;
  readonly args: readonly string[];
}

/** One tag at a time, to see what each costs. */
function builds({ access, counts }: Databases): Build[] {
  const lms = (part: Build['part'], database: string, ...args: string[]): Build => {
    const name = `lms ${args.join(' ')}${database === counts ? ', the counts alone' : ''}`;
    return { part, name, database, args };
  };
  return [
    lms('rollups', access, 'index', 'rollups'),
    lms('rollups', counts, 'index', 'rollups'),
    ...['user', 'method', 'code'].map((tag) => lms('tags', access, 'index', 'add', tag)),
    lms('words', access, 'index', 'words', '--words-cpu-percent', '100'),
  ];
}

/** Runs the built `lms` on a database to its end. Throws what it said if it fails. */
async function runLms(server: KeptServer, database: string, args: readonly string[]): Promise<Took> {
  const directory = await mkdtemp(join(tmpdir(), 'lms-large-'));
  const serverPid = await server.pid();
  const serverBeforeMs = usageOf(serverPid).cpuMs;
  const startMs = performance.now();
  const child = startLms(args, { env: { DATABASE_URL: server.urlOf(database) }, directory });
  let usage = usageOf(child.pid);
  const looking = setInterval(() => (usage = usageOf(child.pid)), LOOK_MS);
  try {
    await child.ended;
  } catch (error) {
    const said = await readFile(join(directory, `${args[0] ?? ''}.log`), 'utf8');
    throw new Error(said.trim().split('\n').slice(-5).join('\n'), { cause: error });
  } finally {
    clearInterval(looking);
    await rm(directory, { recursive: true });
  }
  return {
    seconds: (performance.now() - startMs) / 1_000,
    cpuSeconds: usage.cpuMs / 1_000,
    serverSeconds: (usageOf(serverPid).cpuMs - serverBeforeMs) / 1_000,
    peakRssBytes: usage.peakRssBytes,
  };
}
