import type { Direction, Link, Watcher } from './link.ts';

/** When a connection is cut: from the last moment at which nothing can be committed to the first at which the client knows. */
export const COMMIT_MOMENTS = [
  'before COMMIT',
  'within COMMIT',
  'after COMMIT',
  'before its OK',
  'within its OK',
] as const;
export type CommitMoment = (typeof COMMIT_MOMENTS)[number];

/** MySQL's packet for it: length 7, sequence number 0, COM_QUERY and the text. */
const COMMIT = Buffer.from('\x07\0\0\0\x03COMMIT', 'latin1');
const HALF = 6;

/** Waits for a COMMIT and cuts its connection: at which moment of it decides whether it is committed and who knows. */
export class CommitCut implements Watcher {
  readonly #moment: CommitMoment;
  /** The connection whose COMMIT is under way. */
  #committing: Link | undefined;

  constructor(moment: CommitMoment) {
    this.#moment = moment;
  }

  passing(link: Link, direction: Direction, bytes: Buffer): boolean {
    if (direction === 'to the server') {
      const at = bytes.indexOf(COMMIT);
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
