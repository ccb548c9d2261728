import type { CommandModule } from './context.ts';

/** A line of the table of commands. */
export interface CommandEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  /** One line for `lms --help`. */
  readonly summary: string;
  /** Loads the command's file, and with it the libraries it needs: only the invoked command pays for them. */
  readonly load: () => Promise<CommandModule>;
}

/** All commands, in the order of `lms --help`. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'demo',
    aliases: [],
    summary: 'simulator and worker on embedded parts, and both tables at the end',
    load: () => import('./commands/demo.ts'),
  },
  {
    name: 'dev',
    aliases: [],
    summary: 'all of LMS in one process, on embedded parts: broker, worker, server, an SQLite file',
    load: () => import('./commands/dev.ts'),
  },
  {
    name: 'mon',
    aliases: ['sub', 'lms'],
    summary: 'run the worker: from the subscription into the database, in batches (also: lms sub, lms lms)',
    load: () => import('./commands/mon.ts'),
  },
  {
    name: 'logs',
    aliases: [],
    summary: 'find log entries in the database: by service, severity, words, tags, time',
    load: () => import('./commands/logs.ts'),
  },
  {
    name: 'tail',
    aliases: [],
    summary: 'show log entries as they are published',
    load: () => import('./commands/tail.ts'),
  },
  {
    name: 'entry',
    aliases: [],
    summary: 'show one log entry, whole',
    load: () => import('./commands/entry.ts'),
  },
  {
    name: 'serve',
    aliases: [],
    summary: 'serve the API by HTTP: find, count and list log entries',
    load: () => import('./commands/serve.ts'),
  },
  {
    name: 'token',
    aliases: [],
    summary: 'make, list and revoke the tokens of those who may ask a server',
    load: () => import('./commands/token.ts'),
  },
  {
    name: 'messages',
    aliases: [],
    summary: 'store, list and clear messages on an `lms serve`',
    load: () => import('./commands/messages.ts'),
  },
  {
    name: 'delete',
    aliases: [],
    summary: 'delete the log entries that an expression matches, and take them off the counts',
    load: () => import('./commands/delete.ts'),
  },
  {
    name: 'retain',
    aliases: [],
    summary: 'delete what the rules of retention keep no longer; show and change these',
    load: () => import('./commands/retain.ts'),
  },
  {
    name: 'archive',
    aliases: [],
    summary: 'put old log entries into files by day, in a directory or a bucket; verify and list them',
    load: () => import('./commands/archive.ts'),
  },
  {
    name: 'workers',
    aliases: [],
    summary: 'list the workers, what each has done, and up to when all is stored',
    load: () => import('./commands/workers.ts'),
  },
  {
    name: 'size',
    aliases: [],
    summary: 'say how large the tables are, by how much they grow, and when the disk is full',
    load: () => import('./commands/size.ts'),
  },
  {
    name: 'sim',
    aliases: [],
    summary: 'simulate services that publish log messages',
    load: () => import('./commands/sim.ts'),
  },
  {
    name: 'pub',
    aliases: [],
    summary: 'publish test messages, a file, or standard input',
    load: () => import('./commands/pub.ts'),
  },
  {
    name: 'agent',
    aliases: [],
    summary: 'send the lines of files, sockets and pipes: followed, parsed, each exactly once',
    load: () => import('./commands/agent.ts'),
  },
  {
    name: 'mock',
    aliases: [],
    summary: 'publish and receive with everything embedded, and show the rows',
    load: () => import('./commands/mock.ts'),
  },
  {
    name: 'emu',
    aliases: [],
    summary: 'the same against the emulator at PUBSUB_EMULATOR_HOST',
    load: () => import('./commands/emu.ts'),
  },
  {
    name: 'migrate',
    aliases: [],
    summary: 'create or upgrade the tables (up), or say what is missing (status)',
    load: () => import('./commands/migrate.ts'),
  },
  {
    name: 'index',
    aliases: [],
    summary: 'add, drop and list what makes reading fast: indexes of tags and of words, sums of counts',
    load: () => import('./commands/index.ts'),
  },
  {
    name: 'verify',
    aliases: [],
    summary: 'check that rows and counts agree, or that all messages of a run are stored',
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'repair',
    aliases: [],
    summary: 'show which counts differ from the rows, and make them right (--apply)',
    load: () => import('./commands/repair.ts'),
  },
  {
    name: 'dlq',
    aliases: [],
    summary: 'list or replay messages that could not become rows',
    load: () => import('./commands/dlq.ts'),
  },
  {
    name: 'broker',
    aliases: [],
    summary: 'run the embedded Pub/Sub broker on a port',
    load: () => import('./commands/broker.ts'),
  },
  {
    name: 'config',
    aliases: [],
    summary: 'show the effective settings and where each comes from',
    load: () => import('./commands/config.ts'),
  },
];
