import { type Command, Option } from 'commander';
import type { AgentReport } from '../../agent/agent.ts';
import type { InputSpec } from '../../app/agent/agent-file.ts';
import { isListening } from '../../app/agent/input-plan.ts';
import { runAgent } from '../../app/agent/run-agent.ts';
import { createLog } from '../../app/logging.ts';
import { stopSignal } from '../../app/signals.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { configureCheck } from '../agent/check.ts';
import { agentFlags, inputFlags } from '../agent/flags.ts';
import { type AgentPlan, type Asked, planAgent } from '../agent/plan.ts';
import { AgentScreen } from '../agent/screen.ts';
import { isCutShort } from '../agent/summary.ts';
import type { Context } from '../context.ts';
import { requireReadable } from '../input.ts';
import { createFlag, type CreateOption, decimalNumber } from '../options.ts';
import { count } from '../output/numbers.ts';
import { hasColors } from '../output/style.ts';
import { PUBLISHING_SETTINGS } from '../publishing-settings.ts';
import { settingFlags } from '../setting-flags.ts';

type AgentOptions = CreateOption &
  Asked['flags'] & {
    readonly once?: boolean;
    readonly pace?: true;
    readonly speed?: number;
    readonly json?: boolean;
  };

/** `lms agent INPUT…`, and `lms agent check`. */
export function configure(command: Command, context: Context): void {
  agentFlags(command);
  command
    .description(
      'Read files, sockets and pipes, and send each line as an entry: to Pub/Sub, or to an `lms serve`. Files are ' +
        'followed, also when they are rotated, and each line is sent exactly once, whatever is killed. ' +
        'docs/agent.md has all of it.',
    )
    .option('--once', 'end at the end of what is there now, with a sum')
    .option('--orphans', 'send also what is in the spools of inputs that are not named any more')
    .option('--pace', 'send as far apart as the log says')
    .addOption(
      new Option('--speed <factor>', 'with --pace: so many times as fast').argParser(
        decimalNumber(0.001, 1_000_000),
      ),
    )
    .option('--json', 'the sum at the end as JSON')
    .addHelpText('after', EXAMPLES)
    .action((inputs: readonly InputSpec[] | [], options: AgentOptions) =>
      run(inputs, options, command, context),
    );
  configureCheck(command, context);
  inputFlags(command);
  createFlag(command, 'topic and subscription');
  settingFlags(command, [
    'DEFAULT_SERVICE',
    ...PUBLISHING_SETTINGS,
    'LMS_TOKEN',
    'HEALTH_PORT',
    'HEALTH_HOST',
  ]);
}

const EXAMPLES = `
Examples:
  lms agent /var/log/nginx/access.log --service nginx      followed until Ctrl-C
  lms agent '/var/log/*.log' --tag env=production          files that come later, too
  lms agent --once access.log --format access              to the end, and a sum
  lms agent --once --pace --speed 60 access.log            an hour of log in a minute
  journalctl -f -o json | lms agent -
  lms agent tcp-listen://:5140 udp-listen://:5140          syslog
  lms agent --config agent.yaml --url https://logs.example.com
  lms agent check /var/log/nginx/access.log                what it would read, and as what`;

async function run(
  inputs: readonly InputSpec[],
  options: AgentOptions,
  command: Command,
  context: Context,
): Promise<void> {
  const { create, once = false, orphans = false, json = false, pace, speed = 1 } = options;
  const plan = await planAgent({ inputs, flags: options }, command, context);
  requireRunnable(plan, options, command);
  const readsStdin = plan.inputs.some(({ target: { kind } }) => kind === 'stdin');
  if (readsStdin) startReading(context);
  const screen = new AgentScreen({ once, json }, context);
  const log = createLog({
    level: plan.settings.logLevel,
    command: 'agent',
    output: screen.logOutput,
    colors: hasColors('auto', { env: context.env, stdout: context.stderr }),
  });
  const { signal: stop, dispose } = stopSignal();
  try {
    const report = await runAgent({
      ...plan,
      stdin: context.stdin,
      create,
      once,
      orphans,
      speed: pace === undefined ? undefined : speed,
      log,
      stop,
      started: (look) => {
        screen.start(look);
      },
    });
    screen.end(report);
    requireSettled(report, { once, url: plan.url, isStopped: stop.aborted });
  } finally {
    dispose();
    screen.stop();
  }
}

/** Ends the command as wrong usage if what is to be read cannot be read so. */
function requireRunnable({ inputs }: AgentPlan, { once, pace, speed }: AgentOptions, command: Command): void {
  if (speed !== undefined && pace === undefined) command.error('--speed is for --pace');
  const endless = inputs.find(({ target: { kind }, reconnect }) => isListening(kind) || reconnect);
  if (once === true && endless !== undefined)
    command.error(`--once is for what has an end: ${endless.name} goes on for ever`);
  const unheld = inputs.find(({ target: { kind } }) => kind === 'udp-listen');
  if (pace === true && unheld !== undefined)
    command.error(`--pace is for what can be held up: who sends to ${unheld.name} cannot`);
}

/** Whoever types is told how that ends. */
function startReading({ stdin, stderr }: Context): void {
  requireReadable(stdin);
  if (stdin.isTTY === true)
    stderr.write('lms: reading what is typed here: Ctrl-D on a line of its own ends it\n');
}

interface Run {
  readonly once: boolean;
  readonly url: string | undefined;
  readonly isStopped: boolean;
}

/** Throws if something is lost, or was refused of what was to be sent to the end, or that was not reached. */
function requireSettled({ inputs, ledger }: AgentReport, { once, url, isStopped }: Run): void {
  const lost = inputs.filter(({ isKept }) => !isKept).reduce((sum, { unconfirmed }) => sum + unconfirmed, 0);
  if (lost > 0)
    throw new LmsError(
      url === undefined ? 'PUBSUB_UNREACHABLE' : 'SERVER_UNREACHABLE',
      `${count(lost)} entries were read and not confirmed before the time to stop was over: they may be lost`,
    );
  if (once && isStopped) throw new LmsError('AGENT_STOPPED', 'stopped before the end');
  if (once && ledger.refused > 0)
    throw new LmsError('INPUT', `${count(ledger.refused)} entries were refused: the lines above say why`);
  if (once && inputs.some(isCutShort))
    throw new LmsError('INPUT', 'not all could be read: the lines above say what, and why');
}
