import { type Command, CommanderError } from 'commander';

/** As of `grep`: 1 says that nothing was found. */
const MISTAKE_STATUS = 2;

/** Ends the command with 2 where it is called in a wrong way, for its 1 is an answer. */
export function mistakesAreTwo(command: Command): void {
  command.exitOverride((error) => {
    if (error.exitCode === 0) throw error;
    throw new CommanderError(MISTAKE_STATUS, error.code, error.message);
  });
}
