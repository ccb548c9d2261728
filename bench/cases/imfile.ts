import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { findProgram } from '../../test/support/program.ts';
import { measured } from '../measure.ts';
import type { Case, Sample } from '../sample.ts';
import type { Stage } from '../stage.ts';

const CONFIGURATION = new URL('../peers/rsyslog-imfile.conf', import.meta.url);
const LF = 0x0a;

/** What rsyslog reads, and the case that it is a yardstick for. */
export interface ImfileRun {
  readonly file: string;
  readonly lines: number;
  readonly against: string;
}

/**
 * rsyslog with imfile, which forwards the lines of a file by TCP, as they are: it looks at none of them, gives them no
 * identity, and waits for no confirmation. None if it is not on this machine.
 */
export async function imfileCases(stage: Stage, { file, lines, against }: ImfileRun): Promise<Case[]> {
  const program = await findProgram('rsyslogd');
  if (program === undefined) return [];
  return [
    {
      group: 'agent',
      name: 'rsyslog with imfile, forwarded by TCP',
      unit: 'messages/s',
      against: [against],
      run: () => forward(stage, program, { file, lines }),
    },
  ];
}

async function forward(
  stage: Stage,
  program: string,
  { file, lines }: Pick<ImfileRun, 'file' | 'lines'>,
): Promise<Sample> {
  const sink = await startSink();
  const directory = await mkdtemp(join(stage.directory, 'imfile-'));
  const path = join(directory, 'rsyslog.conf');
  const configuration = await readFile(CONFIGURATION, 'utf8');
  const values = { DIRECTORY: directory, FILE: file, PORT: String(sink.port) };
  await writeFile(
    path,
    configuration.replaceAll(/\b(?:DIRECTORY|FILE|PORT)\b/g, (name) => values[name as keyof typeof values]),
  );
  // In the foreground, with its own files: the machine's rsyslog, if it has one, is not touched.
  const child = spawn(program, ['-n', '-f', path, '-i', join(directory, 'pid')], { stdio: 'ignore' });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const before = await sink.first;
  const sample = await measured({
    pids: [child.pid ?? 0],
    messages: lines - before,
    begin: () => Promise.resolve(),
    done: () => Promise.resolve(sink.lines() - before),
  });
  process.off('exit', kill);
  child.kill();
  await once(child, 'exit');
  sink.close();
  return sample;
}

interface Sink {
  readonly port: number;
  /** Resolves to how many lines came with the first bytes. */
  readonly first: Promise<number>;
  readonly lines: () => number;
  readonly close: () => void;
}

/** Counts the lines that come by TCP. */
async function startSink(): Promise<Sink> {
  let lines = 0;
  const { promise: first, resolve } = Promise.withResolvers<number>();
  const server = createServer((socket) => {
    socket.on('data', (bytes) => {
      for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) lines += 1;
      resolve(lines);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, first, lines: () => lines, close: () => server.close() };
}
