import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Scope, SCOPES } from '../../access/grant.ts';
import { makeToken, MAX_NAME_LENGTH, NAMESPACE, parseLength } from '../../access/new-token.ts';
import type { ServerRecords } from '../../access/records.ts';
import { createLog } from '../../app/logging.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { tokenReport } from '../../export/tokens.ts';
import type { Log } from '../../pipeline/ports.ts';
import { openServerRecords } from '../../store/open.ts';
import { visibleJson } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { databaseFlags } from '../database.ts';
import { tokensTable } from '../output/tokens.ts';
import { settingsFrom } from '../setting-flags.ts';

interface CreateOptions {
  readonly name: string;
  readonly scope: readonly Scope[];
  readonly service?: readonly string[];
  readonly namespace?: string;
  readonly expires?: number;
  readonly json?: true;
}

/** `lms token create`, `list` and `revoke`: who may ask a server. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Make, list and revoke the tokens that lms serve takes (docs/tokens.md). They are kept in the database, as hashes.',
    )
    .addHelpText('after', EXAMPLES);
  configureCreate(command.command('create'), context);
  const list = command
    .command('list')
    .summary('list the tokens, the newest first')
    .description('List the tokens, the newest first: never a secret.')
    .option('--json', 'print a JSON array');
  databaseFlags(list);
  list.action(({ json }: { json?: true }) =>
    withRecords(list, context, ({ records }) => show(records, json, context)),
  );
  const revoke = command
    .command('revoke')
    .summary('revoke a token')
    .description('Revoke a token: within five seconds no server takes it any more. There is no way back.')
    .argument('<id>', 'its id, as `lms token list` shows it');
  databaseFlags(revoke);
  revoke.action((id: string) =>
    withRecords(revoke, context, async ({ records, log }) => {
      if (!(await records.revokeToken(id)))
        throw new LmsError('USAGE', `there is no token ${id}, or it is revoked already`);
      log.info({ id }, 'a token was revoked');
      context.stdout.write(`Revoked ${id}.\n`);
    }),
  );
}

const EXAMPLES = `
Examples:
  lms token create --name grafana                               to read everything
  lms token create --name shop --scope write --service 'shop-*'
  lms token create --name tests --scope read,write --namespace tests --expires 90d
  lms token list
  lms token revoke 0b9a4a0e-6ad5-4f3b-9a0e-2c8d7c1f5a77`;

function configureCreate(create: Command, context: Context): void {
  create
    .summary('make a token, and print its secret once')
    .description('Make a token. Its secret, 256 bits, is printed now and can never be shown again.')
    .requiredOption('--name <name>', 'whose it is, or what for: for lists and logs', nameOf)
    .addOption(
      new Option('--scope <scopes>', `what it lets do: ${SCOPES.join(', ')}, with commas`)
        .argParser(scopesOf)
        .default(['read'], 'read'),
    )
    .option(
      '--service <pattern>',
      'services that it is for, `*` stands for any text; may be given several times; all if left out',
      (pattern: string, before: readonly string[] | undefined) => [...(before ?? []), pattern],
    )
    .option(
      '--namespace <name>',
      'a place of its own: its services are called <name>/…, which its bearer does not see, and others see nothing of',
      namespaceOf,
    )
    .option('--expires <time>', 'when it ends: 90d, 12h', lengthOf)
    .option('--json', 'print a JSON object');
  databaseFlags(create);
  create.action((options: CreateOptions) =>
    withRecords(create, context, async ({ records, log }) => {
      const { name, scope: scopes, service: services, namespace = '', expires: validForMs, json } = options;
      const { secret, token } = await makeToken(records, { name, scopes, services, namespace, validForMs });
      log.info({ id: token.id, name, scopes, namespace }, 'a token was made');
      const report = { secret, ...tokenReport(token, token.createdAt) };
      context.stdout.write(
        json ? visibleJson(report) : `${secret}\nThis is the token ${token.id}. It is not shown again.\n`,
      );
    }),
  );
}

async function show(records: ServerRecords, json: true | undefined, context: Context): Promise<void> {
  const { now, tokens } = await records.tokens();
  const reports = tokens.map((token) => tokenReport(token, now));
  context.stdout.write(json ? visibleJson(reports) : tokensTable(reports, context.stdout));
}

async function withRecords(
  command: Command,
  context: Context,
  use: (opened: { readonly records: ServerRecords; readonly log: Log }) => Promise<void>,
): Promise<void> {
  const { settings } = settingsFrom(command, context);
  const log = createLog({ level: settings.logLevel, command: 'token', output: context.stderr });
  const records = openServerRecords(settings.database, { log });
  try {
    await use({ records, log });
  } finally {
    await records.close();
  }
}

function nameOf(text: string): string {
  const name = text.trim();
  if (name !== '' && [...name].length <= MAX_NAME_LENGTH) return name;
  throw new InvalidArgumentError(`It should be 1 to ${MAX_NAME_LENGTH} characters.`);
}

function scopesOf(text: string): readonly Scope[] {
  const words = text.split(',').map((word) => word.trim());
  const wrong = words.find((word) => !SCOPES.some((scope) => scope === word));
  if (wrong === undefined) return SCOPES.filter((scope) => words.includes(scope));
  throw new InvalidArgumentError(`There is no scope '${wrong}', but ${SCOPES.join(', ')}.`);
}

function namespaceOf(text: string): string {
  if (NAMESPACE.test(text)) return text;
  throw new InvalidArgumentError('It should be at most 50 letters, digits, dots, hyphens or underscores.');
}

function lengthOf(text: string): number {
  const ms = parseLength(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError('It should be a length of time, such as 90d, 12h or 30m.');
}
