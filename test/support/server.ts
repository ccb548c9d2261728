/** A server that a test run uses, and how it came by it. */
export interface TestServer {
  /** MySQL: the URL of the server, with the right to create databases. Pub/Sub: `host:port`. */
  readonly address: string;
  /** What it is and why it was chosen, for the one line that is printed. */
  readonly description: string;
  /** What the tests do not cover with it; said at the start and again at the end. */
  readonly warning?: string;
  /** Ends it and removes its data. Does nothing to a server that was running before. */
  stop(): Promise<void>;
}

/** Why one way to get a server is not open here; the next way is tried. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
