import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { openStore } from '../../../src/store/open.ts';
import { RecordingLog } from '../../support/recording-log.ts';

/**
 * A server that answers every connection with an error in place of its greeting, as MySQL Router does without
 * a primary.
 */
async function answering(errno: number, text: string) {
  const body = Buffer.concat([Buffer.from([0xff, errno & 0xff, errno >> 8]), Buffer.from(text)]);
  const packet = Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]);
  const server = createServer((client) => client.on('error', () => undefined).end(packet));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

it.each([
  [2003, '#HY000', "Can't connect to remote MySQL server", 'DATABASE_UNREACHABLE'],
  [2003, '', "Can't connect to remote MySQL server", 'DATABASE_UNREACHABLE'],
  [5555, '#HY000', 'what nobody knows', 'DATABASE_UNREACHABLE'],
  [1130, '', 'Host is not allowed to connect', 'DATABASE_DENIED'],
])('a greeting that is error %i %s is told as what it is', async (errno, state, text, code) => {
  await using server = await answering(errno, `${state}${text}`);
  const addresses = [{ host: '127.0.0.1', port: server.port }];
  const target = { kind: 'mysql', addresses, user: 'lms' } as const;
  const opening = openStore(
    { ...target, password: '', database: 'lms', sslMode: 'preferred' },
    { log: new RecordingLog() },
  );
  await expect(opening).rejects.toMatchObject({ name: 'LmsError', code });
});
