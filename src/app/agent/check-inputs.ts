import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, whyOf } from '../../agent/files/faults.ts';
import { findPaths } from '../../agent/files/paths.ts';
import type { PlannedInput } from './input-plan.ts';
import { type FileHead, lookAtHead } from './look-at-head.ts';

/** What an input would read. */
export interface CheckedInput {
  readonly input: PlannedInput;
  /** Of an input of files: how many there are now. */
  readonly found: number;
  /** The first of them. */
  readonly files: readonly FileHead[];
  /** What stands in its way, each a line. */
  readonly problems: readonly string[];
  /** What is worth knowing, and no fault. */
  readonly notes: readonly string[];
}

/** So many files of an input are looked at. */
const MAX_FILES = 50;

/** Looks what inputs would read: nothing is sent, and nothing remembered. `samples`: how many entries of each file. */
export async function checkInputs(
  inputs: readonly PlannedInput[],
  samples: number,
): Promise<readonly CheckedInput[]> {
  const readBy = new Map<string, Reader>();
  const checked: CheckedInput[] = [];
  for (const input of inputs) checked.push(await checkInput(input, { samples, readBy }));
  return checked;
}

/** Who reads a file, and under which path. */
interface Reader {
  readonly input: string;
  readonly path: string;
}

interface Checking {
  readonly samples: number;
  /** Files that were found so far, by what they are and not by their names. */
  readonly readBy: Map<string, Reader>;
}

async function checkInput(input: PlannedInput, checking: Checking): Promise<CheckedInput> {
  const { target } = input;
  if (target.kind === 'files') return checkFiles(input, target.pattern, checking);
  const problems = target.kind === 'unix' ? await problemsOfSocket(target.path) : [];
  return { input, found: 0, files: [], problems, notes: [] };
}

async function checkFiles(
  input: PlannedInput,
  pattern: string,
  { samples, readBy }: Checking,
): Promise<CheckedInput> {
  const { paths, problems } = await findPaths([pattern]);
  const files: FileHead[] = [];
  const notes: string[] = [];
  for (const path of paths) {
    const key = await keyOf(path);
    const other = readBy.get(key);
    if (other !== undefined) notes.push(noteOf(path, other, input.name));
    else readBy.set(key, { input: input.name, path });
    if (files.length < MAX_FILES) files.push(await lookAtHead(path, input.read, samples));
  }
  if (paths.size === 0 && problems.length === 0) notes.push('there is no file yet: it is waited for');
  const unread = files.flatMap(({ path, problem }) => (problem === undefined ? [] : [`${path}: ${problem}`]));
  return { input, found: paths.size, files, problems: [...problems, ...unread], notes };
}

/** A file has several names, by links. */
async function keyOf(path: string): Promise<string> {
  const stats = await stat(path).catch(() => undefined);
  return stats === undefined ? path : `${stats.dev}:${stats.ino}`;
}

function noteOf(path: string, { input, path: first }: Reader, own: string): string {
  const same = path === first ? path : `${path} is the same file as ${first}, and`;
  return input === own ? `${same} is read once` : `${same} is read by ${input}, which is named before it`;
}

async function problemsOfSocket(path: string): Promise<string[]> {
  const directory = dirname(path);
  try {
    await access(directory, constants.W_OK);
    return [];
  } catch (error) {
    const why = codeOf(error) === 'EACCES' ? 'this user may not' : whyOf(error);
    return [`${directory} cannot be written to: ${why}`];
  }
}
