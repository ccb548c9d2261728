import type { Command } from 'commander';
import { type CheckedInput, checkInputs } from '../../app/agent/check-inputs.ts';
import { planInputs } from '../../app/agent/input-plan.ts';
import { loadAgentFile } from '../../app/agent/load-agent-file.ts';
import type { FileHead } from '../../app/agent/look-at-head.ts';
import { LmsError } from '../../errors/catalogue.ts';
import type { LogEntry } from '../../logs/entry.ts';
import { entryJson } from '../../logs/entry-json.ts';
import { visible } from '../../text/visible.ts';
import { cutToColumns } from '../../text/width.ts';
import type { Context } from '../context.ts';
import { wholeNumber } from '../options.ts';
import { byteText, count } from '../output/numbers.ts';
import { settingFlags, settingsFrom } from '../setting-flags.ts';

interface CheckOptions {
  readonly samples: number;
  readonly json?: true;
}

const USUAL_FILE = 'agent.yaml';
const USUAL_SAMPLES = 1;
const MAX_SAMPLES = 100;
/** Of a sample so much is shown where no terminal says how much there is room for. */
const USUAL_COLUMNS = 160;

/** `lms agent check`: what a file such as agent.yaml would make an agent read. */
export function configureCheck(command: Command, context: Context): void {
  const check = command
    .command('check')
    .summary('say what a file would make it read')
    .description(
      'Say what a file would make it read: the files that are there, the format of each with its share, the first ' +
        'entries; or all mistakes, each with its line. Nothing is sent.',
    )
    .argument('[file]', 'inputs with options of their own', USUAL_FILE)
    .option('-n, --samples <n>', 'entries of each file', wholeNumber(0, MAX_SAMPLES), USUAL_SAMPLES)
    .option('--json', 'an input a line, as JSON')
    .addHelpText('after', EXAMPLES);
  settingFlags(check, ['DEFAULT_SERVICE']);
  check.action((path: string, options: CheckOptions) => run(path, options, check, context));
}

const EXAMPLES = `
Examples:
  lms agent check
  lms agent check /etc/lms/agent.yaml -n 5`;

async function run(path: string, options: CheckOptions, command: Command, context: Context): Promise<void> {
  const { settings } = settingsFrom(command, context);
  const file = await loadAgentFile(path);
  const { defaultService } = settings;
  const planned = planInputs({ inputs: [], flags: {}, file, agentName: undefined, defaultService });
  const { stdout } = context;
  const columns = stdout.columns ?? USUAL_COLUMNS;
  const checked = await checkInputs(planned, options.samples);
  for (const each of checked) {
    if (options.json) stdout.write(`${JSON.stringify(asJson(each))}\n`);
    else
      stdout.write(
        `${linesOf(each)
          .map((line) => cutToColumns(line, columns))
          .join('\n')}\n`,
      );
  }
  const failing = checked.filter(({ problems }) => problems.length > 0).length;
  if (failing > 0)
    throw new LmsError('AGENT', `${count(failing)} of ${count(checked.length)} inputs cannot be read whole`);
}

function linesOf({ input, found, files, problems, notes }: CheckedInput): string[] {
  const { read } = input;
  const tags = Object.entries(read.tags).map(([name, value]) => `${name}=${value}`);
  const about = [`service ${read.service ?? 'by the file'}`, `host ${read.host}`, ...tags];
  const others = found - files.length;
  return [
    visible(`${input.name}  (${about.join(', ')})`),
    ...files.filter(({ problem }) => problem === undefined).flatMap(linesOfFile),
    ...(others > 0 ? [`  and ${count(others)} more files`] : []),
    ...problems.map((problem) => visible(`  cannot be read: ${problem}`)),
    ...notes.map((note) => visible(`  note: ${note}`)),
  ];
}

function linesOfFile({ path, bytes = 0, samples = [], ...head }: FileHead): string[] {
  return [
    visible(`  ${path}  ${byteText(bytes)}  ${formatText(head)}`),
    ...samples.map((entry) => visible(`    ${sampleText(entry)}`)),
  ];
}

function formatText({ format, share, lines = 0, misfits = 0, events = 0 }: Omit<FileHead, 'path'>): string {
  if (format === undefined) return 'empty: its format is not known yet';
  const found =
    share === undefined ? '' : ` (${Math.round(share * 100)}% of the first ${count(lines)} lines)`;
  const kept =
    misfits === 0 ? '' : `, ${count(misfits)} of ${count(events)} events do not fit and are kept as text`;
  return `${format}${found}${kept}`;
}

function sampleText({ timestamp, severity, serviceName, payload }: LogEntry): string {
  return `${timestamp}  ${severity}  ${serviceName}  ${payload}`;
}

function asJson({ input, found, files, problems, notes }: CheckedInput): object {
  const { service, host, format, multiline, tags } = input.read;
  const shown = files.map(({ samples = [], ...head }) => ({
    ...head,
    samples: samples.map((entry) => JSON.parse(entryJson(entry)) as unknown),
  }));
  return { input: input.name, service, host, format, multiline, tags, found, files: shown, problems, notes };
}
