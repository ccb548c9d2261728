import type { Socket } from 'node:net';
import type { Lane } from './lane.ts';

/** Of the two ways that bytes go. */
export type Direction = 'to the server' | 'to the client';

/** A connection through the proxy: two sockets, and a lane for each direction. */
export interface Link {
  readonly client: Socket;
  readonly server: Socket;
  readonly lanes: Readonly<Record<Direction, Lane>>;
  /** Ends both sides at once. What was handed to the sockets before may still arrive. */
  cut(): void;
  /** Ends both sides; `last` is seen to arrive where it is sent to, and nothing else does. */
  cutAfterSending(last: Buffer, direction: Direction): void;
}

/** Sees what passes before it is forwarded; true if it took care of it. */
export interface Watcher {
  passing(link: Link, direction: Direction, bytes: Buffer): boolean;
}
