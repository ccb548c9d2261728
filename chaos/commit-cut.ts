import type { Direction, Link, Watcher } from './link.ts';

/**
 * When a connection is cut: from the last moment at which nothing can be committed to the first at which the
 * client knows.
 */
export const COMMIT_MOMENTS = [
  'before COMMIT',
  'within COMMIT',
  'after COMMIT',
  'before its OK',
  'within its OK',
] as const;
export type CommitMoment = (typeof COMMIT_MOMENTS)[number];

/**
 * The packet for it: length, sequence number 0, COM_QUERY and the text; for a server that knows query
 * attributes, as MySQL does from 8.0.23 on and MariaDB does not, with their number, none, in between.
 */
const COMMITS = ['\x07\0\0\0\x03COMMIT', '\x09\0\0\0\x03\0\x01COMMIT'].map((text) =>
  Buffer.from(text, 'latin1'),
);
const HALF = 6;

/**
 * Waits for a COMMIT and cuts its connection: at which moment of it decides whether it is committed and who
 * knows.
 */
export class CommitCut implements Watcher {
  readonly #moment: CommitMoment;
  /** The connection whose COMMIT is under way. */
  #committing: Link | undefined;

  constructor(moment: CommitMoment) {
    this.#moment = moment;
  }

  passing(link: Link, direction: Direction, bytes: Buffer): boolean {
    if (direction === 'to the server') {
      const at = Math.max(...COMMITS.map((packet) => bytes.indexOf(packet)));
      return at >= 0 && this.#sent(link, bytes, at);
    }
    if (link !== this.#committing) return false;
    link.cutAfterSending(bytes.subarray(0, this.#moment === 'within its OK' ? HALF : 0), direction);
    return true;
  }

  #sent(link: Link, bytes: Buffer, at: number): boolean {
    switch (this.#moment) {
      case 'before COMMIT':
        return cutOff(link, bytes.subarray(0, at));
      case 'within COMMIT':
        return cutOff(link, bytes.subarray(0, at + HALF));
      case 'after COMMIT':
        return cutOff(link, bytes);
      case 'before its OK':
      case 'within its OK':
        this.#committing = link;
        return false;
    }
  }
}

function cutOff(link: Link, last: Buffer): true {
  link.cutAfterSending(last, 'to the server');
  return true;
}
