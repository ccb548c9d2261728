import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogEntry } from '../../src/logs/entry.ts';
import { Counts } from '../../src/store/counts.ts';
import { loadStatement, tsv } from '../load-data.ts';
import { measured } from '../measure.ts';
import { entries, type MessageSet } from '../messages.ts';
import type { Case, Sample } from '../sample.ts';
import type { Stage } from '../stage.ts';

const ROWS = 5_000;
const CONNECTIONS = 2;

export function limitName(bytes: number): string {
  return `limit of the database, ${bytes} B`;
}

/**
 * The same rows and counts, written by the server's own client from files with LOAD DATA: 5,000 rows a
 * transaction, on as many connections as a worker has. It receives nothing, decodes nothing and looks for no
 * duplicates.
 */
export function databaseLimitCase(stage: Stage, set: MessageSet): Case {
  let scripts: readonly string[] | undefined;
  return {
    group: 'limit',
    name: limitName(set.bytes),
    unit: 'messages/s',
    against: [],
    run: () => load(stage, (scripts ??= writeScripts(stage.directory, set)), set.count),
  };
}

async function load(stage: Stage, scripts: readonly string[], count: number): Promise<Sample> {
  const database = await stage.database.fresh();
  let loaded = 0;
  const { value, serverMicros, busyShare } = await measured({
    pids: [],
    messages: count,
    serverPid: stage.database.pid,
    begin: async () => {
      await Promise.all(scripts.map((script) => database.runFile(script)));
      loaded = count;
    },
    done: () => Promise.resolve(loaded),
  });
  await database.requireRows(count);
  await database.drop();
  return {
    value,
    ...(serverMicros !== undefined && { serverMicros }),
    ...(busyShare !== undefined && { busyShare }),
  };
}

/** A file of statements for each connection: they take the batches in turn. */
function writeScripts(directory: string, set: MessageSet): readonly string[] {
  const scripts = Array.from({ length: CONNECTIONS }, () => ["SET time_zone = '+00:00';"]);
  for (let start = 0; start < set.count; start += ROWS) {
    const batch = entries(set, start, ROWS);
    const path = join(directory, `rows-${set.bytes}-${start}.tsv`);
    writeFileSync(path, tsv(batch));
    scripts[(start / ROWS) % CONNECTIONS]?.push(transaction(path, batch));
  }
  return scripts.map((statements, connection) => {
    const path = join(directory, `load-${set.bytes}-${connection}.sql`);
    writeFileSync(path, statements.join('\n'));
    return path;
  });
}

function transaction(path: string, batch: readonly LogEntry[]): string {
  const counts = new Counts();
  for (const entry of batch) counts.add(entry);
  const minutes = counts
    .byMinute()
    .map((of) => `('${of.minute}','${of.serviceName}','${of.severity}',${of.count})`);
  const keys = counts.byKey().map((of) => `('${of.serviceName}','${of.severity}',${of.count})`);
  const add = 'ON DUPLICATE KEY UPDATE `count` = `count` + VALUES(`count`);';
  return [
    'START TRANSACTION;',
    loadStatement(path),
    `INSERT INTO service_severity_minutes (minute, service_name, severity, \`count\`) VALUES ${minutes.join()} ${add}`,
    `INSERT INTO service_severity (service_name, severity, \`count\`) VALUES ${keys.join()} ${add}`,
    'COMMIT;',
  ].join('\n');
}
