import { type Command, InvalidArgumentError } from 'commander';
import { count } from './output/numbers.ts';

/** Reads a whole number within bounds; for commander, which prints the complaint, with what else there may be. */
export function wholeNumber(min: number, max: number, orElse = ''): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      `It should be a whole number from ${count(min)} to ${count(max)}${orElse}.`,
    );
  };
}

/** Reads a number within bounds. */
export function decimalNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d*\.?\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It should be a number from ${count(min)} to ${count(max)}.`);
  };
}

/** What `--no-create` makes of the options. */
export interface CreateOption {
  /** Whether the command may create what is missing. */
  readonly create: boolean;
}

/**
 * Adds `--no-create`. The default is spelled out: commander fills in its own before a command's file is
 * loaded.
 */
export function createFlag(command: Command, what: string): Command {
  return command.option('--no-create', `create nothing: ${what} must be there`, true);
}
