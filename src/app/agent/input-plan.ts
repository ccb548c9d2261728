import { hostname } from 'node:os';
import type { ReadOptions } from '../../agent/ports.ts';
import type { AgentFile, InputSpec } from './agent-file.ts';
import type { InputOptions } from './input-options.ts';
import type { Target } from './targets.ts';

/** An input that is to be opened. */
export interface PlannedInput {
  /** As it was written. */
  readonly name: string;
  readonly target: Target;
  readonly read: ReadOptions;
  /** After how long half a line goes as it is, in milliseconds. Undefined: as long as its input finds right. */
  readonly flushPartialMs: number | undefined;
  readonly reconnect: boolean;
  /** How much of it may wait on the disk; 0: nothing. */
  readonly spoolBytes: number;
  /** Whether the tag host of lines that name none is whoever sends them. */
  readonly isHostPeer: boolean;
}

/** What somebody has asked for: the words of the command line, its flags, and a file. */
export interface AskedInputs {
  readonly inputs: readonly InputSpec[];
  /** Of all inputs that say nothing else themselves: flags come before what the file says of all. */
  readonly flags: InputOptions;
  readonly file: AgentFile | undefined;
  readonly agentName: string | undefined;
  /** DEFAULT_SERVICE. */
  readonly defaultService: string | undefined;
}

const LISTENING_SPOOL_BYTES = 1_000_000_000;

/** Everything that is to be read, with what is true of each. */
export function planInputs({
  inputs,
  flags,
  file,
  agentName,
  defaultService,
}: AskedInputs): readonly PlannedInput[] {
  const defaults = merged(file?.defaults ?? {}, flags);
  const agent = agentName ?? file?.options.name ?? hostname();
  return [...inputs, ...(file?.inputs ?? [])].map(({ name, target, options: own }) => {
    const options = merged(defaults, own);
    return {
      name,
      target,
      read: {
        service: options.service ?? defaultService ?? serviceOf(target),
        host: options.host ?? hostname(),
        format: options.format ?? 'auto',
        multiline: options.multiline ?? 'off',
        tags: { agent, ...options.tags },
        zone: options.zone,
      },
      flushPartialMs: options.flushPartial,
      reconnect: options.reconnect ?? false,
      spoolBytes: options.spool ?? (isListening(target.kind) ? LISTENING_SPOOL_BYTES : 0),
      isHostPeer: isListening(target.kind) && options.host === undefined,
    };
  });
}

/** Whether others connect to it: they do not wait for long, or not at all. */
export function isListening(kind: Target['kind']): boolean {
  return kind === 'tcp-listen' || kind === 'udp-listen' || kind === 'unix';
}

function merged(one: InputOptions, over: InputOptions): InputOptions {
  return { ...one, ...over, tags: { ...one.tags, ...over.tags } };
}

/** What an input is called whose lines name no service, and nobody has; a file has its own name. */
function serviceOf({ kind }: Target): string | undefined {
  return kind === 'files' ? undefined : kind.replace('-listen', '');
}
