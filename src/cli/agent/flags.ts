import { type Command, InvalidArgumentError, Option } from 'commander';
import type { InputSpec } from '../../app/agent/agent-file.ts';
import {
  FORMAT_CHOICES,
  type InputOptionName,
  type InputOptions,
  readInputOption,
} from '../../app/agent/input-options.ts';
import { Complaint, type Read } from '../../app/agent/quantities.ts';
import { readTarget } from '../../app/agent/targets.ts';

/** The options of inputs as commander has them: each is a piece of `InputOptions`. */
interface InputFlags {
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

/** Reads an INPUT of the command line; for commander, which prints the complaint. */
export function readInput(name: string, before: readonly InputSpec[] = []): readonly InputSpec[] {
  return [...before, { name, target: valueOf(readTarget(name)), options: {} }];
}

function reading(name: InputOptionName): (text: string) => InputOptions {
  return (text) => valueOf(readInputOption(name, text));
}

function readTag(text: string, before?: InputOptions): InputOptions {
  return { tags: { ...before?.tags, ...valueOf(readInputOption('tags', text)).tags } };
}

/** A value that was read; throws what commander prints if it could not be. */
export function valueOf<T>(read: Read<T>): T {
  if (read instanceof Complaint) throw new InvalidArgumentError(read.message);
  return read;
}
