import { Command, CommanderError } from 'commander';
import { readRelease } from '../app/release.ts';
import { reportFailure } from '../app/report-failure.ts';
import { COMMANDS } from './command-table.ts';
import type { Context } from './context.ts';
import { ExitStatus } from './exit-status.ts';
import { usageLine } from './usage.ts';

/** Runs `lms` with its arguments; resolves to the exit status and never rejects. */
export async function run(args: readonly string[], context: Context): Promise<number> {
  try {
    await createProgram(context).parseAsync(normalize(args), { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof ExitStatus) return error.status;
    // Commander has printed what it had to say: help, the version, or one line on wrong usage.
    return error instanceof CommanderError ? error.exitCode : reportFailure(error, context);
  }
}

function createProgram(context: Context): Command {
  const program = new Command('lms')
    .description('Log monitoring server: Google Cloud Pub/Sub to MySQL, in exact, durable batches.')
    .version(readRelease(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command')
    .addHelpText('after', EXAMPLES)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      outputError: (text, write) => write(usageLine(text)),
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const { name, aliases, summary } of COMMANDS) {
    program.command(name).aliases(aliases).summary(summary).description(summary);
  }
  return program.hook('preSubcommand', async (_program, command) => {
    const entry = COMMANDS.find(({ name }) => name === command.name());
    const module = await entry?.load();
    module?.configure(command, context);
  });
}

const EXAMPLES = `
Examples:
  lms demo                      see it all work, with nothing installed
  lms mon --batch-size 1000     run the worker
  lms sim --rate 100            give it something to do
  lms agent '/var/log/*.log'    or what is in log files
  lms help mon                  options and settings of a command

Settings come from flags, the environment, then .env: \`lms config\` shows them.`;

/**
 * `help mon` as `mon --help`: the way that loads the command's file first. Of an unknown command nothing but
 * the name is left, or its `--help` would answer for the whole program.
 */
function normalize(args: readonly string[]): string[] {
  const words = args[0] === 'help' ? [...args.slice(1), '--help'] : [...args];
  const [name = ''] = words;
  const known =
    name.startsWith('-') || COMMANDS.some((entry) => entry.name === name || entry.aliases.includes(name));
  return known ? words : words.slice(0, 1);
}
