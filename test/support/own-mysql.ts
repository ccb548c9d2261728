import { startDockerMysql } from './docker.ts';
import { startLocalMysql } from './local-mysql.ts';
import { type TestServer, Unavailable } from './server.ts';

/**
 * A MySQL server for one test alone, to set it as nobody else's: this machine's own program, else a
 * container.
 */
export async function startOwnMysql(args: readonly string[] = []): Promise<TestServer> {
  try {
    return await startLocalMysql(args);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return startDockerMysql({ args, files: {} });
  }
}
