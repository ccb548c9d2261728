import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addressText, listenAtHost, peerName } from '../../../src/agent/sockets/addresses.ts';
import type { ListenAt } from '../../../src/agent/sockets/listen-at.ts';
import { Listener } from '../../../src/agent/sockets/listener.ts';
import { fakeIntake } from './fake-intake.ts';

async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lms-test-listen-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Listens until the test is over. Rejects if it cannot. Who connects is told to `onPeer`. */
async function listening(at: ListenAt, onPeer: (peer: string | undefined) => void = () => undefined) {
  const stop = new AbortController();
  const listens = Promise.withResolvers<string>();
  const whole = fakeIntake({});
  const intake = fakeIntake({
    open: (peer) => {
      onPeer(peer);
      return whole.open(peer);
    },
  });
  const running = new Listener(at, listens.resolve).run(intake, stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running.catch(() => undefined);
  });
  return Promise.race([listens.promise, running.then(() => 'ended')]);
}

describe('listening', () => {
  it('deletes nothing at its path that is no socket', async () => {
    const path = join(await scratchFolder(), 'important');
    await writeFile(path, 'kept');
    await expect(listening({ path })).rejects.toMatchObject({
      code: 'LISTEN',
      message: `cannot listen at ${path}: there is a file that is no socket`,
    });
    expect(await readFile(path, 'utf8')).toBe('kept');
    await expect(listening({ path: tmpdir() })).rejects.toThrow('there is a file that is no socket');
  });

  it('says that the directory of its path is not there', async () => {
    const path = join(await scratchFolder(), 'none', 'log.sock');
    await expect(listening({ path })).rejects.toThrow(`cannot listen at ${path}: its directory is not there`);
  });

  it('at all addresses takes those of IPv4 and of IPv6, and calls each peer by its own', async () => {
    const peers: (string | undefined)[] = [];
    const address = await listening({ host: '::', port: 0 }, (peer) => peers.push(peer));
    expect(address).toMatch(/^\[::\]:\d+$/);
    const port = Number(address.split(':').at(-1));
    for (const host of ['127.0.0.1', '::1']) {
      const socket = connect(port, host);
      await once(socket, 'connect');
      socket.destroy();
    }
    await expect.poll(() => peers, { timeout: 30_000 }).toEqual(['127.0.0.1', '::1']);
  });

  it('at all addresses is that of IPv4 where there is no IPv6; at another it fails', async () => {
    const error = Object.assign(new Error('no IPv6'), { code: 'EAFNOSUPPORT' });
    const asked: string[] = [];
    const listen = (host: string) => {
      asked.push(host);
      return host === '0.0.0.0' ? Promise.resolve() : Promise.reject(error);
    };
    await listenAtHost('::', listen);
    expect(asked).toEqual(['::', '0.0.0.0']);
    await expect(listenAtHost('::1', listen)).rejects.toBe(error);
  });
});

describe('addresses', () => {
  it('are written as the field does', () => {
    expect([addressText('::1', 514), addressText('10.0.0.1', 514)]).toEqual(['[::1]:514', '10.0.0.1:514']);
  });

  it.each([
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['10.0.0.1', '10.0.0.1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['::ffff:a00:1', '::ffff:a00:1'],
    [undefined, undefined],
  ])('a peer at %s is %s', (address, name) => {
    expect(peerName(address)).toBe(name);
  });
});
