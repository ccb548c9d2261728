/**
 * Ends a command with a status that is its answer, and no failure: nothing is printed for it. As of `grep`,
 * which ends with 1 where nothing matched.
 */
export class ExitStatus extends Error {
  override readonly name = 'ExitStatus';
  readonly status: number;

  constructor(status: number) {
    super(`exit status ${status}`);
    this.status = status;
  }
}
