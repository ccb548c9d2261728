import { type Command, CommanderError } from 'commander';
import { visible } from '../text/visible.ts';

/** As of `grep`: 1 says that nothing was found. */
const MISTAKE_STATUS = 2;

/** Ends the command with 2 where it is called in a wrong way, for its 1 is an answer. */
export function mistakesAreTwo(command: Command): void {
  command.exitOverride((error) => {
    if (error.exitCode === 0) throw error;
    throw new CommanderError(MISTAKE_STATUS, error.code, error.message);
  });
}

/** Commander's complaint on one line, in our words. */
export function usageLine(text: string): string {
  const [complaint, suggestion = '(try --help)'] = text
    .replace(/^error: /, '')
    .trim()
    .split('\n');
  return `lms: ${visible(complaint ?? '')} ${visible(suggestion.replace('Did', 'did'))}\n`;
}

/** Adds to a complaint about what looks like an option how a condition that begins with a dash is written. */
export function dashesMayBeConditions(command: Command): void {
  command.configureOutput({
    outputError: (text, write) => {
      write(usageLine(text));
      if (/unknown option '-[^-']/.test(text))
        write(`lms: a condition that begins with - comes after --: lms ${command.name()} -- -user:bot\n`);
    },
  });
}
