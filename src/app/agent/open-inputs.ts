import type { Readable } from 'node:stream';
import { FilesInput } from '../../agent/files/files-input.ts';
import { OpenFiles } from '../../agent/files/open-files.ts';
import { openFilesLimit } from '../../agent/files/open-files-limit.ts';
import { FileState } from '../../agent/files/state.ts';
import { StateDirectory } from '../../agent/files/state-directory.ts';
import type { Input } from '../../agent/ports.ts';
import { Datagrams } from '../../agent/sockets/datagrams.ts';
import { FedInput } from '../../agent/sockets/fed-input.ts';
import type { Feed } from '../../agent/sockets/feed.ts';
import { Listener } from '../../agent/sockets/listener.ts';
import { StreamFeed } from '../../agent/sockets/stream-feed.ts';
import { TcpFeed } from '../../agent/sockets/tcp-feed.ts';
import { DiskSpool } from '../../agent/spool/disk-spool.ts';
import { MemorySpool } from '../../agent/spool/memory-spool.ts';
import { spoolDirectory, writeSpoolName } from '../../agent/spool/spool-directory.ts';
import { systemClock } from '../../pipeline/clock.ts';
import type { Log } from '../../pipeline/ports.ts';
import type { PlannedInput } from './input-plan.ts';
import { openOrphans } from './orphans.ts';
import { type Target, targetKey } from './targets.ts';

/** What inputs have in common. */
export interface InputSurroundings {
  readonly stdin: Readable;
  /** Whether they end at the end of what is there now. */
  readonly once: boolean;
  readonly stateDirectory: string;
  /** Whether what is in the spools of inputs that are not named any more is sent as well; else it is said. */
  readonly orphans: boolean;
  readonly log: Log;
}

/** Inputs, and what they share. */
export interface OpenInputs {
  readonly inputs: readonly Input[];
  readonly close: () => Promise<void>;
}

/** Files that were deleted and are held open until they are read to their end. */
const MAX_DELETED_FILES = 100;
/** What is held of a pipe or a connection that is not spooled. */
const MEMORY_BYTES = 2 * 1024 * 1024;

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
    const isShared = surroundings.orphans || planned.some(isRemembered);
    const shared = isShared ? await openShared(surroundings) : undefined;
    if (shared !== undefined) opened.push(shared);
    const inputs: Input[] = [];
    for (const each of planned) {
      const input = await openInput(each, { ...surroundings, shared });
      opened.push(input);
      inputs.push(input);
    }
    const orphans = isShared ? await openOrphans(planned, surroundings) : [];
    opened.push(...orphans);
    inputs.push(...orphans);
    return { inputs, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whether it keeps something in the state directory. */
function isRemembered({ target, spoolBytes }: PlannedInput): boolean {
  return target.kind === 'files' || spoolBytes > 0;
}

/** What inputs share that remember something. */
interface Shared {
  readonly state: FileState;
  readonly openFiles: OpenFiles;
  close(): Promise<void>;
}

/** Takes the state directory: one agent at a time has it. */
async function openShared({ stateDirectory, log }: InputSurroundings): Promise<Shared> {
  const directory = await StateDirectory.open(stateDirectory);
  try {
    const state = await FileState.open(directory, systemClock);
    if (state.damage !== undefined) log.warn({ directory: stateDirectory }, state.damage);
    const limits = { files: await openFilesLimit(), deletedFiles: MAX_DELETED_FILES };
    return { state, openFiles: new OpenFiles(limits), close: () => state.close() };
  } catch (error) {
    directory.close();
    throw error;
  }
}

type Around = InputSurroundings & { readonly shared: Shared | undefined };

async function openInput(planned: PlannedInput, around: Around): Promise<Input> {
  const { name, target, read, flushPartialMs } = planned;
  if (target.kind === 'files') return openFiles(planned, target.pattern, around);
  const onNotice = (text: string) => {
    around.log.warn({ input: name }, text);
  };
  const spool =
    planned.spoolBytes === 0
      ? new MemorySpool(MEMORY_BYTES)
      : await openSpool(planned, around.stateDirectory, onNotice);
  return new FedInput(feedOf(target, planned, around), {
    name,
    kind: target.kind === 'stdin' ? 'stream' : 'socket',
    read,
    isHostPeer: planned.isHostPeer,
    flushPartialMs,
    spool,
  });
}

async function openSpool(
  { name, spoolBytes: limit }: PlannedInput,
  stateDirectory: string,
  onNotice: (text: string) => void,
): Promise<DiskSpool> {
  const directory = spoolDirectory(stateDirectory, name);
  const spool = await DiskSpool.open({ directory, limit, onNotice });
  await writeSpoolName(directory, name);
  return spool;
}

function feedOf(
  target: Exclude<Target, { kind: 'files' }>,
  { name, reconnect }: PlannedInput,
  { stdin, log }: InputSurroundings,
): Feed {
  const onListening = (address: string) => {
    log.info({ input: name, address }, 'listening');
  };
  switch (target.kind) {
    case 'stdin':
      return new StreamFeed(stdin, 'standard input');
    case 'tcp':
      return new TcpFeed({ host: target.host, port: target.port, reconnect, clock: systemClock });
    case 'udp-listen':
      return new Datagrams(target, onListening);
    case 'tcp-listen':
      return new Listener({ host: target.host, port: target.port }, onListening);
    case 'unix':
      return new Listener({ path: target.path }, onListening);
  }
}

function openFiles(
  { name, target, read, flushPartialMs }: PlannedInput,
  pattern: string,
  { once, log, shared }: Around,
): Input {
  if (shared === undefined) throw new TypeError('files are remembered');
  return new FilesInput({
    name,
    // The same words mean other files in another directory.
    stateName: targetKey(target),
    paths: [pattern],
    read,
    state: shared.state,
    clock: systemClock,
    once,
    openFiles: shared.openFiles,
    onNotice: (text) => {
      log.warn({ input: name }, text);
    },
    timing: flushPartialMs === undefined ? undefined : { flushMs: flushPartialMs },
  });
}
