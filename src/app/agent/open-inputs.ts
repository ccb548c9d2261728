import type { Readable } from 'node:stream';
import type { Input } from '../../agent/ports.ts';
import { StreamInput } from '../../agent/streams/stream-input.ts';
import { LmsError } from '../../errors/catalogue.ts';
import type { PlannedInput } from './input-plan.ts';

/** What inputs have in common. */
export interface InputSurroundings {
  readonly stdin: Readable;
  /** Whether they end at the end of what is there now. */
  readonly once: boolean;
  readonly stateDirectory: string;
}

/** Opens inputs: none is read yet. Rejects with an `LmsError` if one cannot be; those before it are closed then. */
export async function openInputs(
  planned: readonly PlannedInput[],
  surroundings: InputSurroundings,
): Promise<readonly Input[]> {
  const opened: Input[] = [];
  try {
    for (const each of planned) opened.push(await openInput(each, surroundings));
    return opened;
  } catch (error) {
    await Promise.allSettled(opened.map((input) => input.close()));
    throw error;
  }
}

function openInput(
  { name, target, read, flushPartialMs }: PlannedInput,
  { stdin }: InputSurroundings,
): Promise<Input> {
  if (target.kind === 'stdin') return Promise.resolve(new StreamInput(stdin, { name, read, flushPartialMs }));
  throw new LmsError('USAGE', `${name}: not there yet`);
}
