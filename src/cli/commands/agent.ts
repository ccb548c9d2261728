import { type Command, Option } from 'commander';
import type { AgentReport } from '../../agent/agent.ts';
import type { InputSpec } from '../../app/agent/agent-file.ts';
import { isListening, planInputs } from '../../app/agent/input-plan.ts';
import { loadAgentFile } from '../../app/agent/load-agent-file.ts';
import { type AgentLook, type AgentRun, runAgent } from '../../app/agent/run-agent.ts';
import { createLog } from '../../app/logging.ts';
import { stopSignal } from '../../app/signals.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { systemClock } from '../../pipeline/clock.ts';
import { agentProgress } from '../agent/agent-progress.ts';
import { configureCheck } from '../agent/check.ts';
import { inputFlags, inputOptionsOf, readInput } from '../agent/flags.ts';
import { usualStateDirectory } from '../agent/state-directory.ts';
import { summaryJson, summaryText } from '../agent/summary.ts';
import type { Context } from '../context.ts';
import { createFlag, type CreateOption, decimalNumber } from '../options.ts';
import { count } from '../output/numbers.ts';
import { showProgress } from '../output/progress.ts';
import { PUBLISHING_SETTINGS } from '../publishing-settings.ts';
import { settingFlags, settingsFrom } from '../setting-flags.ts';

type InputFlags = Parameters<typeof inputOptionsOf>[0];

interface AgentOptions extends CreateOption, InputFlags {
  readonly config?: string;
  readonly url?: string;
  readonly state?: string;
  readonly once?: boolean;
  readonly orphans?: boolean;
  readonly pace?: true;
  readonly speed?: number;
  readonly json?: boolean;
  readonly name?: string;
}

/** `lms agent INPUT…`, and `lms agent check`. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Read files, sockets and pipes, and send each line as an entry: to Pub/Sub, or to an `lms serve`. Files are ' +
        'followed, also when they are rotated, and each line is sent exactly once, whatever is killed. ' +
        'docs/agent.md has all of it.',
    )
    .argument(
      '[input...]',
      'a path, a glob, a directory, tcp://host:port, tcp-listen://, udp-listen://, unix://, or -',
      readInput,
    )
    .option('--config <file>', 'inputs with options of their own, from a file in YAML')
    .option('--url <url>', 'send to the `lms serve` there, with LMS_TOKEN if it wants one; else to Pub/Sub')
    .option('--state <directory>', 'where it remembers how far it has come')
    .option('--name <name>', 'the tag agent of every entry (default: this machine)')
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
  journalctl -f -o json | lms agent - --service system
  lms agent tcp-listen://:5140 udp-listen://:5140          syslog
  lms agent --config agent.yaml --url https://logs.example.com
  lms agent check agent.yaml                               what it would read`;

async function run(
  inputs: readonly InputSpec[],
  options: AgentOptions,
  command: Command,
  context: Context,
): Promise<void> {
  const planned = await plan(inputs, options, command, context);
  const log = createLog({ level: planned.settings.logLevel, command: 'agent', output: context.stderr });
  const { signal: stop, dispose } = stopSignal();
  const shown = showAgent(options, context);
  try {
    const report = await runAgent({
      ...planned,
      stdin: context.stdin,
      create: options.create,
      once: options.once ?? false,
      orphans: options.orphans ?? false,
      speed: options.pace === undefined ? undefined : (options.speed ?? 1),
      log,
      stop,
      started: shown.start,
    });
    shown.end(report);
    requireSettled(report, { once: options.once ?? false, url: planned.url });
  } finally {
    dispose();
    shown.stop();
  }
}

/** What is to be read and where it is to be sent, by command line, file and settings. */
async function plan(
  inputs: readonly InputSpec[],
  options: AgentOptions,
  command: Command,
  context: Context,
): Promise<Pick<AgentRun, 'settings' | 'inputs' | 'url' | 'stateDirectory'>> {
  if (options.speed !== undefined && options.pace === undefined) command.error('--speed is for --pace');
  const { settings } = settingsFrom(command, context);
  const file = options.config === undefined ? undefined : await loadAgentFile(options.config);
  if (inputs.length === 0 && file === undefined && options.orphans !== true)
    command.error('name an input, or a file with --config');
  const { defaultService, healthPort = file?.options.healthPort } = settings;
  const flags = inputOptionsOf(options);
  const planned = planInputs({ inputs, flags, file, agentName: options.name, defaultService });
  const twice = planned.find(
    ({ name, target }, place) =>
      target.kind !== 'files' && planned.findIndex((other) => other.name === name) < place,
  );
  if (twice !== undefined)
    command.error(
      twice.target.kind === 'stdin' ? 'standard input can be read once' : `${twice.name} is named twice`,
    );
  const endless = planned.find(({ target: { kind }, reconnect }) => isListening(kind) || reconnect);
  if (options.once === true && endless !== undefined)
    command.error(`--once is for what has an end: ${endless.name} goes on for ever`);
  return {
    settings: { ...settings, healthPort },
    inputs: planned,
    url: options.url ?? file?.options.url,
    stateDirectory: options.state ?? file?.options.state ?? usualStateDirectory(context.env),
  };
}

/** The progress, if somebody looks at it or it has an end; and the sum. */
function showAgent({ once = false, json = false }: AgentOptions, { stdout, stderr }: Context) {
  const startMs = systemClock.now();
  let stop = () => {};
  return {
    start: (look: () => AgentLook) => {
      if (!once && stderr.isTTY !== true) return;
      const progress = showProgress({ label: 'lines', read: () => agentProgress(look(), once), stderr });
      stop = () => {
        progress.stop();
      };
    },
    end: (report: AgentReport) => {
      stop();
      const elapsedMs = systemClock.now() - startMs;
      if (json) stdout.write(`${JSON.stringify(summaryJson(report, elapsedMs))}\n`);
      else stdout.write(summaryText(report, elapsedMs, stdout.isTTY === true ? stdout.columns : undefined));
    },
    stop: () => {
      stop();
    },
  };
}

/** Throws if something is lost, or was refused of what was to be sent to the end. */
function requireSettled(
  { inputs, ledger }: AgentReport,
  { once, url }: Pick<AgentRun, 'once' | 'url'>,
): void {
  const lost = inputs.filter(({ isKept }) => !isKept).reduce((sum, { unconfirmed }) => sum + unconfirmed, 0);
  if (lost > 0)
    throw new LmsError(
      url === undefined ? 'PUBSUB_UNREACHABLE' : 'SERVER_UNREACHABLE',
      `${count(lost)} entries were read and not confirmed before the time to stop was over: they may be lost`,
    );
  if (once && ledger.refused > 0)
    throw new LmsError('INPUT', `${count(ledger.refused)} entries were refused: the lines above say why`);
}
