/*
 * The image's health check, a program of its own. It asks process 1 and nobody else: a database or a Pub/Sub
 * that is away is no reason to restart a worker, which waits for its end and would have to have everything
 * delivered again. Exits with 0 if that process lives, with 1 if it does not answer.
 */

const ANSWER_MS = 5_000;
const { HEALTH_PORT: port = '', HEALTH_HOST: host = '' } = process.env;
// Pages that are open to all addresses are open to this machine's own, too.
const address = ['', '0.0.0.0'].includes(host) ? '127.0.0.1' : host === '::' ? '::1' : host;

process.exitCode = await (port === '' ? isRunning(1) : answers(address, port)).then((lives) =>
  lives ? 0 : 1,
);

/** Without health pages, that there is a process is all that can be known. */
function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    return Promise.resolve(true);
  } catch (error) {
    // EPERM: the process is there, and belongs to another user.
    return Promise.resolve(error instanceof Error && 'code' in error && error.code === 'EPERM');
  }
}

async function answers(host: string, port: string): Promise<boolean> {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/livez`;
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) })).ok;
  } catch {
    return false;
  }
}
