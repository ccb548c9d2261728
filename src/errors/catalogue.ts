/**
 * Everything that can end a command, with what to do about it and the exit status that tells them apart in a
 * script. docs/errors.md shows the same table to operators; a test holds the two together.
 */
export const CATALOGUE = {
  USAGE: { exitStatus: 1, todo: 'Run the command with --help.' },
  DISAGREE: {
    exitStatus: 1,
    todo: 'The differences are listed above: `lms repair` shows where counts differ from rows, and mends them with --apply.',
  },
  RUN_INCOMPLETE: {
    exitStatus: 1,
    todo: 'If workers are still at it, verify again later; `lms dlq list` shows what could not become a row.',
  },
  NO_ENTRY: { exitStatus: 1, todo: 'It may not be stored yet, or it was removed; `lms logs` finds others.' },
  SETTINGS: {
    exitStatus: 2,
    todo: 'Correct the settings named above; `lms config` shows where each one comes from.',
  },
  EXPRESSION: { exitStatus: 2, todo: 'Correct it at the place shown; docs/query-language.md has examples.' },
  QUESTION: {
    exitStatus: 2,
    todo: 'Correct what is named above; --help and docs/find.md say what there is.',
  },
  RULES: { exitStatus: 2, todo: 'Correct them at the place shown; docs/retention.md has examples.' },
  CURSOR: {
    exitStatus: 2,
    todo: 'Give it with the expression, --since, --until and --tz that it was printed for, or begin anew without --cursor.',
  },
  HOLD: {
    exitStatus: 2,
    todo: 'Say --hold 7d to keep retention off what is restored for a week, or --no-hold to let it delete.',
  },
  DATABASE_UNREACHABLE: {
    exitStatus: 3,
    todo: 'Check host and port in DATABASE_URL and that the server is running.',
  },
  DATABASE_DENIED: { exitStatus: 4, todo: 'Check user, password and grants of DATABASE_URL.' },
  DATABASE_MISSING: {
    exitStatus: 5,
    todo: 'Create the database named in DATABASE_URL, or correct the name.',
  },
  SCHEMA_VERSION: {
    exitStatus: 6,
    todo: 'Run `lms migrate up`, or a release of lms that knows this schema.',
  },
  DATABASE_FAILED: { exitStatus: 7, todo: 'The database refused the statement; its log has the details.' },
  PUBSUB_UNREACHABLE: {
    exitStatus: 8,
    todo: 'Check PUBSUB_EMULATOR_HOST, or the network and credentials for Google Cloud.',
  },
  PUBSUB_DENIED: {
    exitStatus: 9,
    todo: 'Check the credentials, and that their account has the Pub/Sub roles listed in docs/operations.md.',
  },
  PUBSUB_NOT_FOUND: { exitStatus: 10, todo: 'Create it, or run without --no-create.' },
  PUBSUB_FAILED: { exitStatus: 11, todo: 'Pub/Sub refused the request for the reason given.' },
  UNACCOUNTED: {
    exitStatus: 12,
    todo: 'Messages were left unsettled; they will be delivered again. See the ledger.',
  },
  INPUT: { exitStatus: 13, todo: 'Correct the input named above.' },
  OUTPUT: { exitStatus: 14, todo: 'Check that the path can be written and the disk has room.' },
  WORKER_DIED: {
    exitStatus: 15,
    todo: 'Its last log lines say why. If the system killed it, it may need more memory.',
  },
  LISTEN: {
    exitStatus: 16,
    todo: 'Name another port or address, or end the program that listens there.',
  },
  DATABASE_TOO_SLOW: {
    exitStatus: 17,
    todo: 'Ask for less: a shorter time, a service or a severity. If it goes on, see what the server is busy with.',
  },
  SERVER_UNREACHABLE: {
    exitStatus: 18,
    todo: 'Check the URL, and that `lms serve` is running there.',
  },
  SERVER_REFUSED: {
    exitStatus: 19,
    todo: 'Do what it says; the log of the server has the request.',
  },
  LEASE_HELD: {
    exitStatus: 20,
    todo: 'Wait until it has ended, or stop it. What JOBS names, `lms serve` does by itself.',
  },
  LEASE_LOST: {
    exitStatus: 21,
    todo: 'What was committed stays, and another process may have gone on. Otherwise run it again.',
  },
  INDEX: {
    exitStatus: 24,
    todo: 'Do what it says; `lms index list` shows what there is. Entries are found without the index, too, but slower.',
  },
  CLOCK: {
    exitStatus: 25,
    todo: 'Set the clock that is wrong. If the database’s is right, `lms retain --trust-clock` runs once all the same.',
  },
  RULES_CHANGED: {
    exitStatus: 26,
    todo: 'Nothing of that was deleted. Run it again: it goes by what is in force now.',
  },
  ARCHIVE: {
    exitStatus: 30,
    todo: 'Take the file from another copy of the archive; `lms archive verify` says what else is damaged.',
  },
  ARCHIVE_PLACE: {
    exitStatus: 31,
    todo: 'Name a place that can be used, or mend what it says of this one. Run again, it goes on where it ended.',
  },
  STATE: {
    exitStatus: 32,
    todo: 'Do what it says, or name another directory by --state: an agent reads files that this one does not know from their beginning.',
  },
  AGENT: {
    exitStatus: 33,
    todo: 'Correct what is named above; `lms agent check` shows what would be read, docs/agent.md has every option.',
  },
  AGENT_STOPPED: {
    exitStatus: 130,
    todo: 'What was sent stays sent: of files the same command goes on with the rest.',
  },
  RESTORE_STOPPED: {
    exitStatus: 130,
    todo: 'What was restored stays, and counts agree with it: the same command goes on with the rest.',
  },
  STOPPED: {
    exitStatus: 130,
    todo: 'What was found until then is shown. Ask for less: --since and -n bound the search.',
  },
  ARCHIVE_STOPPED: {
    exitStatus: 130,
    todo: 'What was archived stays archived: the same command goes on where it ended.',
  },
  DELETION_STOPPED: {
    exitStatus: 130,
    todo: 'What was deleted stays deleted, and counts agree with it: the same command goes on with the rest.',
  },
} as const satisfies Record<string, { readonly exitStatus: number; readonly todo: string }>;

/** Name of an entry of the catalogue. */
export type ErrorCode = keyof typeof CATALOGUE;

/**
 * A failure that the person at the command line can do something about: shown as one line, without a stack
 * trace.
 */
export class LmsError extends Error {
  override readonly name = 'LmsError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get exitStatus(): number {
    return CATALOGUE[this.code].exitStatus;
  }

  /** What to do about it: one sentence. */
  get todo(): string {
    return CATALOGUE[this.code].todo;
  }
}
