import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { openBroker } from '../../support/broker.ts';
import { freshProject, receive } from '../../support/topology.ts';
import { lms, MAIN, startLms } from '../lms.ts';

it.each(['SIGINT', 'SIGTERM'] as const)('serves on the port that it prints, until %s', async (signal) => {
  const child = spawn(process.execPath, [MAIN, 'broker', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
  const [, address, named] = /^listening on (\S+) — export PUBSUB_EMULATOR_HOST=(\S+)$/.exec(
    String(line.value),
  )!;
  expect(named).toBe(address);
  await using clients = await freshProject(address!);
  const [name, topic] = [clients.subscriptionName('log-sub'), clients.topicName('log-topic')];
  await clients.publisher().createTopic({ name: topic });
  await clients.subscriber().createSubscription({ name, topic });
  await clients.publisher().publish({ topic, messages: [{ data: Buffer.from('a') }] });
  await expect(receive(clients, 'log-sub', 1)).resolves.toHaveLength(1);
  child.kill(signal);
  await once(child, 'close');
  expect(child.exitCode).toBe(0);
});

it('says so if the port is taken', async () => {
  const broker = await openBroker();
  const { status, stderr } = await lms(['broker', '--port', String(broker.port)]);
  expect(status).toBe(16);
  expect(stderr).toContain(`cannot listen on ${broker.address}: another program listens there`);
  expect(stderr).toContain('Name another port or address');
});

it('refuses a port that is none', async () => {
  const { status, stderr } = await lms(['broker', '--port', '65536']);
  expect(status).toBe(1);
  expect(stderr).toContain('whole number from 0 to 65,535');
});

it('prints an IPv6 address as settings take it', async () => {
  const running = startLms(['broker', '--host', '::1', '--port', '0']);
  const { stdout, stderr } = await running.printed(/\n/);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^listening on \[::1\]:(\d+) — export PUBSUB_EMULATOR_HOST=\[::1\]:\1\n$/);
  await running.stop();
});
