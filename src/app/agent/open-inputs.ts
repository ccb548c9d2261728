import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { FilesInput } from '../../agent/files/files-input.ts';
import { openFilesLimit } from '../../agent/files/open-files-limit.ts';
import { FileState } from '../../agent/files/state.ts';
import { StateDirectory } from '../../agent/files/state-directory.ts';
import type { Input } from '../../agent/ports.ts';
import { StreamInput } from '../../agent/streams/stream-input.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { systemClock } from '../../pipeline/clock.ts';
import type { Log } from '../../pipeline/ports.ts';
import type { PlannedInput } from './input-plan.ts';

/** What inputs have in common. */
export interface InputSurroundings {
  readonly stdin: Readable;
  /** Whether they end at the end of what is there now. */
  readonly once: boolean;
  readonly stateDirectory: string;
  readonly log: Log;
}

/** Inputs, and what they share. */
export interface OpenInputs {
  readonly inputs: readonly Input[];
  readonly close: () => Promise<void>;
}

/** Files that were deleted and are held open until they are read to their end. */
const MAX_DELETED_FILES = 100;

/** Opens inputs: none is read yet. Rejects with an `LmsError` if one cannot be; those before it are closed then. */
export async function openInputs(
  planned: readonly PlannedInput[],
  surroundings: InputSurroundings,
): Promise<OpenInputs> {
  const opened: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const each of opened.toReversed()) await each.close();
  };
  try {
    const files = planned.some(({ target }) => target.kind === 'files')
      ? await openFiles(surroundings)
      : undefined;
    if (files !== undefined) opened.push(files);
    const inputs = planned.map((each) => openInput(each, { ...surroundings, files }));
    opened.push(...inputs);
    return { inputs, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the inputs of files share. */
interface SharedFiles {
  readonly state: FileState;
  readonly openFiles: number;
  close(): Promise<void>;
}

async function openFiles({ stateDirectory, log }: InputSurroundings): Promise<SharedFiles> {
  const directory = await StateDirectory.open(stateDirectory);
  try {
    const state = await FileState.open(directory, systemClock);
    if (state.damage !== undefined) log.warn({ directory: stateDirectory }, state.damage);
    const close = () => {
      directory.close();
      return Promise.resolve();
    };
    return { state, openFiles: await openFilesLimit(), close };
  } catch (error) {
    directory.close();
    throw error;
  }
}

function openInput(
  { name, target, read, flushPartialMs }: PlannedInput,
  { stdin, once, log, files }: InputSurroundings & { readonly files: SharedFiles | undefined },
): Input {
  if (target.kind === 'stdin') return new StreamInput(stdin, { name, kind: 'stream', read, flushPartialMs });
  if (target.kind === 'tcp') {
    const { host, port } = target;
    return new StreamInput(connect({ host, port }), { name, kind: 'socket', read, flushPartialMs });
  }
  if (target.kind !== 'files' || files === undefined)
    throw new LmsError('USAGE', `${name}: this release does not listen on sockets`);
  return new FilesInput({
    name,
    paths: [target.pattern],
    read,
    state: files.state,
    clock: systemClock,
    once,
    limits: { openFiles: files.openFiles, deletedFiles: MAX_DELETED_FILES },
    onNotice: (text) => {
      log.warn({ input: name }, text);
    },
    timing: flushPartialMs === undefined ? undefined : { flushMs: flushPartialMs },
  });
}
