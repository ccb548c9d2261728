import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { LogEntry } from '../src/logs/entry.ts';

/**
 * Runs the server's own client on a database, with these statements. Throws if it fails; its reason goes to
 * standard error.
 */
export async function runClient(
  program: string,
  { hostname, port, username, password, pathname }: URL,
  statements: Readable,
): Promise<void> {
  const server = ['--protocol=tcp', `--host=${hostname}`, `--port=${port || '3306'}`, `--user=${username}`];
  const child = spawn(program, [...server, '--local-infile=1', pathname.slice(1)], {
    stdio: ['pipe', 'ignore', 'inherit'],
    env: { ...process.env, MYSQL_PWD: decodeURIComponent(password) },
  });
  const ended = once(child, 'exit');
  await pipeline(statements, child.stdin);
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`${program} failed`);
}

/** As a file for LOAD DATA. The texts of our messages need no escaping. */
export function tsv(batch: readonly LogEntry[]): string {
  return batch
    .map(
      ({ timestamp, eventId, serviceName, severity, payload }) =>
        `${timestamp}\t${eventId}\t${serviceName}\t${severity}\t${payload}\t1\n`,
    )
    .join('');
}

/** LOAD DATA of such a file. */
export function loadStatement(path: string): string {
  return `LOAD DATA LOCAL INFILE '${path}' INTO TABLE service_logs CHARACTER SET utf8mb4
    (\`timestamp\`, event_id, service_name, severity, payload, attempt_id);`;
}
