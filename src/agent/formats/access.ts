import { readAccessLine } from '../../logs/access/line.ts';
import { type Format, readingOf } from './format.ts';

/** Common and combined log format: Apache, nginx and what imitates them. */
export const access: Format = {
  name: 'access',
  read(line) {
    const entry = readAccessLine(line);
    return entry && readingOf(line, entry);
  },
};
