import { type Command, InvalidArgumentError, Option } from 'commander';
import type { InputSpec } from '../../app/agent/agent-file.ts';
import { AGENT_READERS, type AgentOptions } from '../../app/agent/agent-options.ts';
import {
  FORMAT_CHOICES,
  type InputOptionName,
  type InputOptions,
  readInputOption,
} from '../../app/agent/input-options.ts';
import { Complaint, type Read } from '../../app/agent/quantities.ts';
import { readTarget, targetKey } from '../../app/agent/targets.ts';

/** The options of inputs as commander has them: each is a piece of `InputOptions`. */
export interface InputFlags {
  readonly service?: InputOptions;
  readonly host?: InputOptions;
  readonly tag?: InputOptions;
  readonly format?: InputOptions;
  readonly multiline?: InputOptions;
  readonly zone?: InputOptions;
  readonly flushPartial?: InputOptions;
  readonly spool?: InputOptions;
  readonly reconnect?: true;
}

/** Adds what says which inputs there are, and where they are sent to, to a command. */
export function agentFlags(command: Command): void {
  const flag = (flags: string, summary: string, name: 'name' | 'state' | 'url') =>
    new Option(flags, summary).argParser(readingOfAgent(name));
  command
    .argument(
      '[input...]',
      'a path, a glob, a directory, tcp://host:port, tcp-listen://, udp-listen://, unix://, or -',
      readInput,
    )
    .option('--config <file>', 'inputs with options of their own, from a file in YAML')
    .addOption(
      flag(
        '--url <url>',
        'send to the `lms serve` there, with LMS_TOKEN if it wants one; else to Pub/Sub',
        'url',
      ),
    )
    .addOption(
      flag(
        '--state <directory>',
        'where it remembers how far it has come (default: ~/.local/state/lms/agent)',
        'state',
      ),
    )
    .addOption(flag('--name <name>', 'the tag agent of every entry (default: this machine)', 'name'));
}

/** Adds the options that inputs may have to a command. */
export function inputFlags(command: Command): void {
  const flag = (flags: string, summary: string, name: InputOptionName) =>
    new Option(flags, summary).argParser(reading(name)).helpGroup('Inputs:');
  command
    .addOption(
      flag('--service <name>', 'the service of lines that name none (default: by the input)', 'service'),
    )
    .addOption(flag('--host <name>', 'the tag host of lines that name none (default: this machine)', 'host'))
    .addOption(
      new Option('--tag <name=value>', 'a tag of every entry; may be given several times')
        .argParser(readTag)
        .helpGroup('Inputs:'),
    )
    .addOption(
      flag('--format <name>', `${FORMAT_CHOICES.join(', ')} (default: auto, by the first lines)`, 'format'),
    )
    .addOption(
      flag(
        '--multiline <how>',
        'auto joins stack traces; an expression says how the first line of an event begins (default: off)',
        'multiline',
      ),
    )
    .addOption(flag('--zone <name>', 'of times that name none (default: UTC)', 'zone'))
    .addOption(
      flag(
        '--flush-partial <time>',
        'half a line goes after so long, such as 5s (default: it waits)',
        'flushPartial',
      ),
    )
    .addOption(
      flag('--spool <bytes>', 'of sockets and pipes what may wait on the disk, such as 1GB', 'spool'),
    )
    .addOption(new Option('--reconnect', 'of tcp:// connect again when it ends').helpGroup('Inputs:'));
}

/** What the flags say of all inputs. */
export function inputOptionsOf(flags: InputFlags): InputOptions {
  const { service, host, tag, format, multiline, zone, flushPartial, spool, reconnect } = flags;
  const named = { ...service, ...host, ...tag, ...format, ...multiline, ...zone, ...flushPartial, ...spool };
  return reconnect === undefined ? named : { ...named, reconnect };
}

/** Reads an INPUT of the command line; for commander, which prints the complaint. What is named again is the same. */
function readInput(name: string, before: readonly InputSpec[] = []): readonly InputSpec[] {
  const target = valueOf(readTarget(name));
  return before.some((each) => targetKey(each.target) === targetKey(target))
    ? before
    : [...before, { name, target, options: {} }];
}

function readingOfAgent(name: keyof AgentOptions) {
  return (text: string) => valueOf(AGENT_READERS[name](text));
}

function reading(name: InputOptionName): (text: string) => InputOptions {
  return (text) => valueOf(readInputOption(name, text));
}

function readTag(text: string, before?: InputOptions): InputOptions {
  return { tags: { ...before?.tags, ...valueOf(readInputOption('tags', text)).tags } };
}

/** A value that was read; throws what commander prints if it could not be. */
function valueOf<T>(read: Read<T>): T {
  if (read instanceof Complaint) throw new InvalidArgumentError(read.message);
  return read;
}
