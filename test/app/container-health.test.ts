import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Environment } from '../../src/config/sources.ts';
import { freePort } from '../support/ports.ts';

const PROGRAM = fileURLToPath(new URL('../../src/app/container-health.ts', import.meta.url));
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the health check of the image', () => {
  it('is good while the worker answers, ready or not', async () => {
    const asked: (string | undefined)[] = [];
    const port = await listen(
      createServer(({ url }, response) => {
        asked.push(url);
        response.writeHead(url === '/livez' ? 200 : 503).end();
      }),
    );
    expect(await check({ HEALTH_PORT: String(port) })).toBe(0);
    expect(await check({ HEALTH_PORT: String(port), HEALTH_HOST: '0.0.0.0' })).toBe(0);
    expect(await check({ HEALTH_PORT: String(port), HEALTH_HOST: '127.0.0.1' })).toBe(0);
    expect(asked).toEqual(['/livez', '/livez', '/livez']);
  });

  it('is bad when nobody answers there', async () => {
    expect(await check({ HEALTH_PORT: String(await freePort()) })).toBe(1);
  });

  it('is bad when the answer is an error', async () => {
    const port = await listen(createServer((_, response) => response.writeHead(500).end()));
    expect(await check({ HEALTH_PORT: String(port) })).toBe(1);
  });

  it('without pages asks no more than that process 1 is there, and no database', async () => {
    expect(await check({ DATABASE_URL: 'mysql://root@127.0.0.1:1/lms' })).toBe(0);
  });

  it('is what the image runs', () => {
    expect(read('Dockerfile')).toMatch(
      /^HEALTHCHECK [^\n]*\\\n {2}CMD \["node", "--disable-sigusr1", "dist\/app\/container-health.js"\]$/m,
    );
  });
});

it('wherever Node is started for lms, SIGUSR1 opens no inspector', () => {
  expect(read('Dockerfile')).toMatch(
    /^ENTRYPOINT \["node", "--disable-sigusr1", "--max-semi-space-size=16", /m,
  );
  expect(read('lms')).toMatch(/^exec \S+node" --disable-sigusr1 --max-semi-space-size=16 /m);
  expect(read('src/cli/main.ts')).toMatch(
    /^#!\/usr\/bin\/env -S node --disable-sigusr1 --max-semi-space-size=16\n/,
  );
});

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

async function check(env: Environment): Promise<number | null> {
  const child = spawn(process.execPath, [PROGRAM], { env: { ...env }, stdio: 'inherit' });
  await once(child, 'exit');
  return child.exitCode;
}
