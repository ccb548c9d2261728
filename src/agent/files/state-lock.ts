import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { LmsError } from '../../errors/catalogue.ts';

const NAME = 'lock';
/** A path of a socket that is longer is cut by the system. */
const MAX_SOCKET_PATH = 100;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Keeps a directory for one process at a time: a socket in it, at which whoever has it listens. It ends with its
 * process, however that ends. `isHeld` tells whether nobody has taken it away, as two could that began in the same
 * moment, or on two machines that share the directory.
 */
export class StateLock {
  readonly #path: string;
  readonly #server: Server;
  readonly #inode: number;

  private constructor(path: string, server: Server, inode: number) {
    this.#path = path;
    this.#server = server;
    this.#inode = inode;
  }

  /** Rejects with an `LmsError` if another has it. */
  static async take(directory: string): Promise<StateLock> {
    const path = join(directory, NAME);
    const own = `${NAME}.${randomBytes(6).toString('hex')}`;
    const folder = await open(directory, 'r');
    try {
      if (await isListenedTo(socketPath(folder, directory, NAME))) throw held(directory);
      const server = await listen(socketPath(folder, directory, own));
      await rename(join(directory, own), path);
      const lock = new StateLock(path, server, (await stat(path)).ino);
      // What another renamed meanwhile is what counts.
      if (await lock.isHeld()) return lock;
      lock.release();
      throw held(directory);
    } finally {
      await folder.close();
      await rm(join(directory, own), { force: true }).catch(() => undefined);
    }
  }

  async isHeld(): Promise<boolean> {
    const found = await stat(this.#path).catch(() => undefined);
    return found?.ino === this.#inode;
  }

  /** What is in the directory then is no lock any more. */
  release(): void {
    this.#server.close();
  }
}

function held(directory: string): LmsError {
  return new LmsError('STATE', `Another agent is at work with the state directory ${directory}.`);
}

/** The path of a socket in a directory; a long one by a way around it, where the system has one. */
function socketPath(folder: FileHandle, directory: string, name: string): string {
  const path = join(directory, name);
  return path.length <= MAX_SOCKET_PATH || process.platform !== 'linux'
    ? path
    : `/proc/self/fd/${String(folder.fd)}/${name}`;
}

async function isListenedTo(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (isListened: boolean) => {
      socket.destroy();
      resolve(isListened);
    };
    // Who is stopped by a debugger, or has too much to do, has it all the same.
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
      end(true);
    });
    socket.once('connect', () => {
      end(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      end(error.code === 'EAGAIN' || error.code === 'EACCES');
    });
  });
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.destroy();
    });
    server.once('error', reject);
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}
