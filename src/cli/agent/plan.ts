import type { Command } from 'commander';
import type { AgentFile, InputSpec } from '../../app/agent/agent-file.ts';
import { misfitsOf } from '../../app/agent/input-fit.ts';
import type { InputOptionName, InputOptions } from '../../app/agent/input-options.ts';
import { planInputs, type PlannedInput } from '../../app/agent/input-plan.ts';
import { loadAgentFile } from '../../app/agent/load-agent-file.ts';
import { targetKey } from '../../app/agent/targets.ts';
import { aboutSetting } from '../../config/schema.ts';
import type { Settings } from '../../config/settings.ts';
import type { Context } from '../context.ts';
import { PUBLISHING_SETTINGS } from '../publishing-settings.ts';
import { settingsFrom } from '../setting-flags.ts';
import { type InputFlags, inputOptionsOf } from './flags.ts';
import { usualStateDirectory } from './state-directory.ts';

/** The words and flags of a command line that say what is read, and where it is sent. */
export interface Asked {
  readonly inputs: readonly InputSpec[];
  readonly flags: InputFlags & {
    readonly config?: string;
    readonly url?: string;
    readonly state?: string;
    readonly name?: string;
    /** Then no input need be named. */
    readonly orphans?: boolean;
  };
}

/** What is to be read, and where it is to be sent, by command line, file and settings. */
export interface AgentPlan {
  readonly settings: Settings;
  readonly inputs: readonly PlannedInput[];
  /** Of an `lms serve`; undefined: to the topic of the settings. */
  readonly url: string | undefined;
  readonly stateDirectory: string;
}

/**
 * Puts together what was asked for. `usualFile` is read where nothing is named. Throws as `loadAgentFile` and
 * `loadSettings` do; what contradicts itself ends the command as wrong usage.
 */
export async function planAgent(
  asked: Asked,
  command: Command,
  context: Context,
  usualFile?: string,
): Promise<AgentPlan> {
  const { settings } = settingsFrom(command, context);
  const { inputs, path } = separated(asked, command, usualFile);
  if (inputs.length === 0 && path === undefined && asked.flags.orphans !== true)
    command.error('name an input, or a file with --config');
  const file = path === undefined ? undefined : await loadAgentFile(path);
  requireOnce(inputs, { file, path, command });
  const flags = inputOptionsOf(asked.flags);
  requireUse(flags, [...inputs, ...(file?.inputs ?? [])], command);
  const url = asked.flags.url ?? file?.options.url;
  if (url !== undefined) requireNoTopic(url, command);
  const { defaultService, healthPort = file?.options.healthPort } = settings;
  return {
    settings: { ...settings, healthPort },
    inputs: planInputs({ inputs, flags, file, agentName: asked.flags.name, defaultService }),
    url,
    stateDirectory: asked.flags.state ?? file?.options.state ?? usualStateDirectory(context.env),
  };
}

const YAML = /^(?!.*!\()[^*?[\]{}]*\.ya?ml$/i;

/** What is called like a file of inputs is one, if it stands alone. */
function separated(
  { inputs, flags: { config } }: Asked,
  command: Command,
  usualFile: string | undefined,
): { readonly inputs: readonly InputSpec[]; readonly path: string | undefined } {
  const file = inputs.find(({ name, target: { kind } }) => kind === 'files' && YAML.test(name));
  if (file === undefined) return { inputs, path: config ?? (inputs.length === 0 ? usualFile : undefined) };
  if (inputs.length > 1 || config !== undefined)
    command.error(`${file.name} is called like a file of inputs: it is named by --config, and one alone`);
  return { inputs: [], path: file.name };
}

interface Named {
  readonly file: AgentFile | undefined;
  readonly path: string | undefined;
  readonly command: Command;
}

function requireOnce(inputs: readonly InputSpec[], { file, path, command }: Named): void {
  const keys = new Set(file?.inputs.map(({ target }) => targetKey(target)));
  const twice = inputs.find(({ target }) => keys.has(targetKey(target)));
  if (twice !== undefined)
    command.error(`${twice.name} is named here and in ${path ?? ''}: name it in one of both`);
}

function requireUse(flags: InputOptions, inputs: readonly InputSpec[], command: Command): void {
  const unused = misfitsOfAll(flags, inputs)[0];
  if (unused !== undefined) command.error(`--${unused.name}: ${unused.message} No input is one`);
}

function misfitsOfAll(
  flags: InputOptions,
  inputs: readonly InputSpec[],
): { readonly name: InputOptionName; readonly message: string }[] {
  const [first = [], ...others] = inputs.map(({ target }) => misfitsOf(target, flags));
  return first.filter(({ name }) =>
    others.every((misfits) => misfits.some((misfit) => misfit.name === name)),
  );
}

/** Whoever names a topic does not expect that nothing is published to it. */
function requireNoTopic(url: string, command: Command): void {
  for (const name of PUBLISHING_SETTINGS.filter((each) => each.startsWith('PUBSUB_'))) {
    const { flag } = aboutSetting(name);
    const option = command.options.find(({ flags }) => flags === flag);
    if (option !== undefined && command.getOptionValueSource(option.attributeName()) === 'cli')
      command.error(`${option.long ?? flag} is for Pub/Sub, and what is read goes to ${url}: leave one out`);
  }
}
