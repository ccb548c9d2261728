import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
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
  const readBy = new Map<string, string>();
  const checked: CheckedInput[] = [];
  for (const input of inputs) checked.push(await checkInput(input, { samples, readBy }));
  return checked;
}

interface Checking {
  readonly samples: number;
  /** Files that were found so far, and the input that reads each. */
  readonly readBy: Map<string, string>;
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
    const other = readBy.get(path);
    if (other !== undefined) notes.push(`${path} is read by ${other}, which is named before it`);
    else readBy.set(path, input.name);
    if (files.length < MAX_FILES) files.push(await lookAtHead(path, input.read, samples));
  }
  if (paths.size === 0) notes.push('there is no file yet: it is waited for');
  const unread = files.flatMap(({ path, problem }) => (problem === undefined ? [] : [`${path}: ${problem}`]));
  return { input, found: paths.size, files, problems: [...problems, ...unread], notes };
}

async function problemsOfSocket(path: string): Promise<string[]> {
  try {
    await access(dirname(path), constants.W_OK);
    return [];
  } catch (error) {
    return [
      `${dirname(path)} cannot be written to: ${error instanceof Error ? error.message : String(error)}`,
    ];
  }
}
