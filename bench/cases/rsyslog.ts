import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort, listening } from '../../test/support/ports.ts';
import { findProgram } from '../../test/support/program.ts';
import type { Database } from '../database.ts';
import { measured } from '../measure.ts';
import { entries, USUAL } from '../messages.ts';
import type { Case, Sample } from '../sample.ts';
import type { Stage } from '../stage.ts';
import { limitName } from './database-limit.ts';

const CONFIGURATION = new URL('../peers/rsyslog.conf', import.meta.url);

/**
 * rsyslog with ommysql, a second yardstick for the writing half: JSON lines over TCP to the rows, without the
 * counts. None if it is not on this machine (Debian: rsyslog and rsyslog-mysql).
 */
export async function rsyslogCases(stage: Stage, messages: number): Promise<Case[]> {
  const program = await findProgram('rsyslogd');
  if (program === undefined) return [];
  let lines: Buffer | undefined;
  return [
    {
      group: 'peers',
      name: 'rsyslog with ommysql, rows only',
      unit: 'messages/s',
      against: [limitName(USUAL.bytes)],
      run: () => write(stage, program, (lines ??= linesOf(messages)), messages),
    },
  ];
}

async function write(stage: Stage, program: string, lines: Buffer, messages: number): Promise<Sample> {
  const database = await stage.database.fresh();
  const directory = await mkdtemp(join(stage.directory, 'rsyslog-'));
  const port = await freePort();
  const path = join(directory, 'rsyslog.conf');
  await writeFile(path, await configuration(database, directory, port));
  // In the foreground, with its own files: the machine's rsyslog, if it has one, is not touched.
  const child = spawn(program, ['-n', '-f', path, '-i', join(directory, 'pid')], { stdio: 'ignore' });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  await listening('127.0.0.1', port, AbortSignal.timeout(10_000));
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  const sample = await measured({
    pids: [child.pid ?? 0],
    messages,
    serverPid: stage.database.pid,
    begin: () => {
      socket.end(lines);
      return Promise.resolve();
    },
    done: () => database.stored(),
  });
  process.off('exit', kill);
  child.kill();
  await once(child, 'exit');
  await database.drop();
  return sample;
}

async function configuration(database: Database, directory: string, port: number): Promise<string> {
  const { hostname, port: databasePort, username, password, pathname } = new URL(database.url);
  const values: readonly [string, string][] = [
    ['DIRECTORY', directory],
    ['DBPORT', databasePort || '3306'],
    ['HOST', hostname],
    ['PORT', String(port)],
    ['"DB"', `"${pathname.slice(1)}"`],
    ['USER', username],
    ['PASSWORD', decodeURIComponent(password)],
  ];
  const [, ...lines] = (await readFile(CONFIGURATION, 'utf8')).split(/^(?=global)/m);
  return values.reduce((text, [name, value]) => text.replaceAll(name, value), lines.join(''));
}

/** A syslog line each: RFC 5424 with the entry as JSON. */
function linesOf(messages: number): Buffer {
  const lines = entries({ ...USUAL, count: messages }).map(
    ({ timestamp, eventId, serviceName, severity, payload }) => {
      const fields = { timestamp, event_id: eventId, service_name: serviceName, severity, payload };
      return `<14>1 2026-01-01T12:00:00Z host bench - - - ${JSON.stringify(fields)}\n`;
    },
  );
  return Buffer.from(lines.join(''));
}
