import { existsSync } from 'node:fs';

/** How `lms` is called from the folder that we are in: a checkout has it as a file. */
export function programName(): string {
  return existsSync('lms') ? './lms' : 'lms';
}
