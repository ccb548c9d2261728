import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aboutSetting, SETTING_NAMES } from '../../../src/config/schema.ts';
import { openBroker } from '../../support/broker.ts';
import { lms, MAIN } from '../lms.ts';
import { entriesOf, scratchDatabase } from '../scratch-database.ts';

/**
 * A server that takes connections and never says a word: a database that hangs. Returns its port, once
 * somebody is there.
 */
async function silentServer(): Promise<{ port: number; connected: Promise<unknown> }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { port, connected: once(server, 'connection') };
}

it('lms mon has a flag for every setting', async () => {
  const { stdout } = await lms(['mon', '--help']);
  for (const name of SETTING_NAMES) expect(stdout).toContain(aboutSetting(name).flag);
});

describe('lms mon, told to stop before it has begun', () => {
  it('shows an empty ledger on SIGUSR2, and ends at once on SIGTERM, with status 0', async () => {
    const { port, connected } = await silentServer();
    const child = spawn(process.execPath, [MAIN, 'mon'], {
      env: { DATABASE_URL: `mysql://lms@127.0.0.1:${String(port)}/lms`, PUBSUB_EMULATOR_HOST: '127.0.0.1:1' },
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout = text(child.stdout);
    await connected;
    child.kill('SIGUSR2');
    const [firstLine] = (await once(child.stderr, 'data')) as [Buffer];
    expect(JSON.parse(firstLine.toString())).toMatchObject({ msg: 'ledger', received: 0, held: 0 });
    const toldAtMs = performance.now();
    child.kill('SIGTERM');
    const [status] = (await once(child, 'close')) as [number | null];
    expect(status).toBe(0);
    expect(performance.now() - toldAtMs).toBeLessThan(3_000);
    expect(await stdout).toContain('received 0 = 0 stored');
  });
});

describe('lms mon with files to write at the end', () => {
  it('writes rows as they are stored, or for a spreadsheet', async () => {
    const broker = await openBroker();
    using database = scratchDatabase();
    const [formula] = entriesOf('=1+1', 'info', 1);
    await database.write([formula!]);
    const env = { DATABASE_URL: database.url, PUBSUB_EMULATOR_HOST: broker.address, DURATION: '0.1' };
    const plain = await lms(['mon', '--dump', '-'], env);
    expect(plain.stdout).toContain('\n=1+1,Hello from =1+1,');
    const suited = await lms(['mon', '--dump', '-', '--spreadsheet'], env);
    expect(suited.stdout).toContain("\n'=1+1,Hello from =1+1,");
    const nowhere = await lms(['mon', '--spreadsheet'], env);
    expect(nowhere).toMatchObject({ status: 1, stderr: expect.stringContaining('--dump') as string });
  });

  it.each(['--report', '--dump'])(
    'refuses a path for %s that cannot be written, before anything starts',
    async (flag) => {
      const { status, stderr } = await lms(['mon', flag, '/nonexistent/file'], {
        DATABASE_URL: 'sqlite:/nonexistent/x.db',
      });
      expect(status).toBe(14);
      expect(stderr).toContain('lms: cannot write /nonexistent/file: ');
    },
  );
});
