import type { Command } from 'commander';

/** What `--no-create` makes of the options. */
export interface CreateOption {
  /** Whether the command may create what is missing. */
  readonly create: boolean;
}

/** Adds `--no-create`. The default is spelled out: commander fills in its own before a command's file is loaded. */
export function createFlag(command: Command, what: string): Command {
  return command.option('--no-create', `create nothing: ${what} must be there`, true);
}
