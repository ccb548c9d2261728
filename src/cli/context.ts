import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import type { Output } from '../app/logging.ts';
import type { Environment } from '../config/sources.ts';

/** A stream to read from that may be a terminal. */
type Input = Readable & { readonly isTTY?: boolean };

/** What becomes of a command whose output nobody reads any more. */
export interface OutputEnd {
  /** Called then. The command ends by itself, after what it has to put in order; absent: it ends at once. */
  onClosed?: () => void;
}

/**
 * What a command has of the process around it. Results go to `stdout`; LMS's own log lines, progress and
 * errors to `stderr`, so that `lms … > file` holds results only.
 */
export interface Context {
  readonly env: Environment;
  /** Where `.env` is looked for. */
  readonly dotenvPath: string;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Absent where nobody tells. */
  readonly output?: OutputEnd;
}

/**
 * A command's own file. It is loaded when the command is invoked, and then configured: description, options,
 * examples, action. An action that returns means exit status 0; for any other it throws an `LmsError`,
 * or an `ExitStatus` where that is an answer and no failure.
 */
export interface CommandModule {
  configure(command: Command, context: Context): void;
}
