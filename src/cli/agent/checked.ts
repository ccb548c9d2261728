import type { CheckedInput } from '../../app/agent/check-inputs.ts';
import { isListening, type PlannedInput } from '../../app/agent/input-plan.ts';
import type { FileHead } from '../../app/agent/look-at-head.ts';
import type { LogEntry } from '../../logs/entry.ts';
import { entryJson } from '../../logs/entry-json.ts';
import { visible } from '../../text/visible.ts';
import { cutToColumns } from '../../text/width.ts';
import { tagConditions } from '../output/entries/tags.ts';
import { byteText, count } from '../output/numbers.ts';
import type { AgentPlan } from './plan.ts';

/** Where entries would go, and where it would be remembered. */
export function planLine({ url, settings: { topic }, stateDirectory }: AgentPlan): string {
  const to = url ?? `the topic ${topic} of Pub/Sub`;
  return visible(`sends to ${to}, remembers in ${stateDirectory}`);
}

/** What an input would read: a line for itself, and some for each of its files. Entries are cut to `columns`. */
export function checkedLines(
  { input, found, files, problems, notes }: CheckedInput,
  columns: number,
): readonly string[] {
  const { read } = input;
  const tags = Object.entries(read.tags).map(([name, value]) => `${name}=${value}`);
  const about = [`service ${read.service ?? 'by the file'}`, `host ${read.host}`, ...tags];
  const others = found - files.length;
  return [
    visible(`${input.name}  (${about.join(', ')})`),
    ...waysOf(input).map((way) => `  ${way}`),
    ...files
      .filter(({ problem }) => problem === undefined)
      .flatMap(({ samples = [], ...file }) => [
        lineOfFile(file),
        ...samples.flatMap(linesOfSample).map((line) => cutToColumns(line, columns)),
      ]),
    ...(others > 0 ? [`  and ${count(others)} more files`] : []),
    ...problems.map((problem) => visible(`  cannot be read: ${problem}`)),
    ...notes.map((note) => visible(`  note: ${note}`)),
  ];
}

/** The same for a program. */
export function checkedJson({ input, found, files, problems, notes }: CheckedInput): object {
  const { service, host, format, multiline, zone, tags } = input.read;
  const { flushPartialMs, spoolBytes, reconnect } = input;
  const shown = files.map(({ samples = [], ...head }) => ({
    ...head,
    samples: samples.map((entry) => JSON.parse(entryJson(entry)) as unknown),
  }));
  return {
    ...{ input: input.name, service, host, format, multiline, zone, tags },
    ...{ flushPartialMs, spoolBytes, reconnect },
    ...{ found, files: shown, problems, notes },
  };
}

/** What is not a file is not looked at: how it would be read. */
function waysOf({
  target: { kind },
  read: { format, multiline },
  spoolBytes,
  reconnect,
}: PlannedInput): string[] {
  if (kind === 'files') return multiline === 'off' ? [] : [`events of several lines: ${visible(multiline)}`];
  const connects = reconnect ? 'connects, and again when it ends' : 'connects once';
  const how = isListening(kind) ? 'listens' : kind === 'tcp' ? connects : 'reads to the end';
  const waits =
    spoolBytes === 0 ? 'nothing waits on the disk' : `${byteText(spoolBytes)} may wait on the disk`;
  return [[how, `format ${format}`, `multiline ${visible(multiline)}`, waits].join(', ')];
}

function lineOfFile({ path, bytes = 0, ...head }: FileHead): string {
  return visible(`  ${path}  ${byteText(bytes)}  ${formatText(head)}`);
}

function formatText({
  packedBy,
  format,
  share,
  lines = 0,
  misfits = 0,
  events = 0,
}: Omit<FileHead, 'path'>): string {
  if (packedBy !== undefined) return `left out: it is compressed by ${packedBy}, and only gzip is unpacked`;
  if (format === undefined) return 'empty: its format is not known yet';
  const found =
    share === undefined ? '' : ` (${Math.round(share * 100)}% of the first ${count(lines)} lines)`;
  const kept =
    misfits === 0 ? '' : `, ${count(misfits)} of ${count(events)} events do not fit and are kept as text`;
  return `${format}${found}${kept}`;
}

function linesOfSample({ timestamp, severity, serviceName, payload, tags }: LogEntry): string[] {
  const said = tagConditions(tags).join(' ');
  return [
    visible(`    ${timestamp}  ${severity}  ${serviceName}  ${payload}`),
    ...(said === '' ? [] : [`      ${said}`]),
  ];
}
