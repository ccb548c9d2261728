import type { Command } from 'commander';
import type { MigrationName, SchemaStatus, Store } from '../../store/store.ts';
import type { Context } from '../context.ts';
import { databaseFlags, withStore } from '../database.ts';

/** `lms migrate up` and `lms migrate status`: the tables of the database. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Create or upgrade the tables (up), or say which version they have and what is missing (status).',
    )
    .addHelpText('after', EXAMPLES);
  const up = command
    .command('up')
    .summary('bring the tables to the newest version')
    .description('Bring the tables to the newest version; safe to repeat.');
  const status = command
    .command('status')
    .summary('say which version the tables have')
    .description('Say which version the tables have; changes nothing.');
  databaseFlags(up);
  databaseFlags(status);
  up.action(() =>
    withStore({ command: up, context, create: true }, async ({ store }) => {
      context.stdout.write(await migrate(store));
    }),
  );
  status.action(() =>
    withStore({ command: status, context }, async ({ store }) => {
      context.stdout.write(describe(await store.schemaStatus()));
    }),
  );
}

const EXAMPLES = `
Examples:
  lms migrate status
  lms migrate up --database-url mysql://lms:secret@db.example.com/lms?ssl-mode=required`;

async function migrate(store: Store): Promise<string> {
  const { pending } = await store.schemaStatus();
  const after = await store.migrate();
  const done = pending.map((step) => `applied ${stepName(step)}\n`).join('');
  return `${done}${describe(after)}`;
}

function describe({ current, known, pending }: SchemaStatus): string {
  if (current > known) {
    return `The tables have version ${String(current)}. This release knows version ${String(known)}, and can work with them.\n`;
  }
  if (pending.length === 0) return `The tables are up to date: version ${String(current)}.\n`;
  const missing = pending.map((step) => `missing ${stepName(step)}\n`).join('');
  const found = current === 0 ? 'There are no tables yet' : `The tables have version ${String(current)}`;
  return `${missing}${found}; this release knows version ${String(known)}. Run \`lms migrate up\`.\n`;
}

function stepName({ version, name }: MigrationName): string {
  return `${String(version)} ${name}`;
}
