import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Authority } from './certificates.ts';
import { startDockerMysql } from './docker.ts';
import { startLocalMysql } from './local-mysql.ts';
import { privateDirectory, removeDirectory } from './program.ts';
import { type TestServer, Unavailable } from './server.ts';

/**
 * A MySQL server with a certificate for `name`: this machine's own program, else a container. It knows
 * clients of the same authority.
 */
export async function startTlsMysql(authority: Authority, name: string): Promise<TestServer> {
  const { cert, key } = authority.issue(name);
  const files = { 'ca.pem': authority.cert, 'cert.pem': cert, 'key.pem': key };
  try {
    return await startLocal(files);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    const inContainer = Object.entries(files).map(([file, content]): [string, string] => {
      return [join(CONTAINER_FOLDER, file), content];
    });
    return startDockerMysql({ args: tlsArgs(CONTAINER_FOLDER), files: Object.fromEntries(inContainer) });
  }
}

const CONTAINER_FOLDER = '/certificates';

async function startLocal(files: Readonly<Record<string, string>>): Promise<TestServer> {
  const folder = await privateDirectory('certificates');
  try {
    for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content);
    return await startLocalMysql(tlsArgs(folder));
  } finally {
    // The server has read them by now.
    await removeDirectory(folder);
  }
}

function tlsArgs(folder: string): string[] {
  const path = (file: string) => join(folder, file);
  return [`--ssl-ca=${path('ca.pem')}`, `--ssl-cert=${path('cert.pem')}`, `--ssl-key=${path('key.pem')}`];
}
