import type { Command } from 'commander';
import type { InputSpec } from '../../app/agent/agent-file.ts';
import { checkInputs } from '../../app/agent/check-inputs.ts';
import { LmsError } from '../../errors/catalogue.ts';
import type { Context } from '../context.ts';
import { wholeNumber } from '../options.ts';
import { count } from '../output/numbers.ts';
import { settingFlags } from '../setting-flags.ts';
import { checkedJson, checkedLines, planLine } from './checked.ts';
import { agentFlags, inputFlags } from './flags.ts';
import { type Asked, planAgent } from './plan.ts';

type CheckOptions = Asked['flags'] & {
  readonly samples: number;
  readonly json?: true;
};

const USUAL_FILE = 'agent.yaml';
const USUAL_SAMPLES = 1;
const MAX_SAMPLES = 100;
/** Of a sample so much is shown where no terminal says how much there is room for. */
const USUAL_COLUMNS = 160;

/** `lms agent check`: what an agent would read that is called with the same words. */
export function configureCheck(command: Command, context: Context): void {
  const check = command
    .command('check')
    .summary('say what it would read, and as what')
    .description(
      'Say what an agent would read that is called with the same words: the files that are there, the format of each ' +
        'with its share of the first lines, the first entries. Of a file of inputs all mistakes, each with its line. ' +
        `Without words it is ${USUAL_FILE}. Nothing is sent.`,
    );
  agentFlags(check);
  check
    .option('-n, --samples <n>', 'entries of each file', wholeNumber(0, MAX_SAMPLES), USUAL_SAMPLES)
    .option('--json', 'an input a line, as JSON')
    .addHelpText('after', EXAMPLES);
  inputFlags(check);
  settingFlags(check, ['DEFAULT_SERVICE']);
  check.action(async (inputs: readonly InputSpec[], options: CheckOptions) => {
    requireOwnFlags(command, check);
    await run({ inputs, flags: options }, options, check, context);
  });
}

const EXAMPLES = `
Examples:
  lms agent check '/var/log/nginx/*.log'
  lms agent check app.log --multiline auto -n 5
  lms agent check /etc/lms/agent.yaml`;

/** What stands before `check` would be heeded by nobody. */
function requireOwnFlags(agent: Command, check: Command): void {
  const before = agent.options.find((option) => agent.getOptionValueSource(option.attributeName()) === 'cli');
  if (before !== undefined) check.error(`${before.long ?? before.flags} stands behind check`);
}

async function run(
  asked: Asked,
  { samples, json }: CheckOptions,
  command: Command,
  context: Context,
): Promise<void> {
  const { stdout } = context;
  const plan = await planAgent(asked, command, context, USUAL_FILE);
  const checked = await checkInputs(plan.inputs, samples);
  const lines = json
    ? checked.map((each) => JSON.stringify(checkedJson(each)))
    : [planLine(plan), ...checked.flatMap((each) => checkedLines(each, stdout.columns ?? USUAL_COLUMNS))];
  stdout.write(lines.map((line) => `${line}\n`).join(''));
  const failing = checked.filter(({ problems }) => problems.length > 0).length;
  if (failing > 0)
    throw new LmsError('AGENT', `${count(failing)} of ${count(checked.length)} inputs cannot be read whole`);
}
