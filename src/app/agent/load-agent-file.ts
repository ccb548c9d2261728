import { readFile } from 'node:fs/promises';
import { whyOf } from '../../agent/files/faults.ts';
import { LmsError } from '../../errors/catalogue.ts';
import type { AgentFile } from './agent-file.ts';

/** Reads a file such as agent.yaml. Throws AGENT with everything that is wrong with it, or why it cannot be read. */
export async function loadAgentFile(path: string): Promise<AgentFile> {
  const text = await textOf(path);
  // The parser of YAML takes some megabytes, which who names inputs as arguments does not need.
  const { readAgentFile } = await import('./agent-file.ts');
  const read = readAgentFile(text);
  if ('file' in read) return read.file;
  const faults = read.faults.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`);
  const mistakes = faults.length === 1 ? 'a mistake' : `${faults.length} mistakes`;
  throw new LmsError('AGENT', [`${path} has ${mistakes}`, ...faults].join('\n'));
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new LmsError('AGENT', `cannot read ${path}: ${whyOf(error)}`, { cause: error });
  }
}
