import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, startBroker } from '../../src/broker/broker.ts';
import { makeAuthority } from '../support/certificates.ts';
import { startTlsFront, type TlsFront } from '../support/tls-front.ts';
import { lmsProcess } from './lms.ts';

let folder: string;
let broker: Broker;
let front: TlsFront;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lms-test-google-'));
  const authority = makeAuthority('a test');
  await writeFile(join(folder, 'ca.pem'), authority.cert);
  broker = await startBroker();
  front = await startTlsFront(broker.port, authority.issue('localhost'));
});

afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await broker.close();
  await rm(folder, { recursive: true });
});

/**
 * Runs `lms pub 2` where Google Cloud is the embedded broker behind TLS, signed in with a service account's
 * key of this project.
 */
async function publish(keyProject: string | undefined, env: Readonly<Record<string, string>> = {}) {
  const credentials = join(folder, `${String(keyProject)}.json`);
  await writeFile(credentials, JSON.stringify(serviceAccountKey(keyProject)));
  return lmsProcess(['pub', '2'], {
    METADATA_SERVER_DETECTION: 'none',
    GOOGLE_APPLICATION_CREDENTIALS: credentials,
    GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: join(folder, 'ca.pem'),
    PUBSUB_API_ENDPOINT: `localhost:${String(front.port)}`,
    ...env,
  });
}

/** The form of the files that Google Cloud gives out; nobody knows this key. */
function serviceAccountKey(project: string | undefined): object {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    type: 'service_account',
    ...(project !== undefined && { project_id: project }),
    private_key_id: '1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: 'lms@example.iam.gserviceaccount.com',
    client_id: '1',
  };
}

describe('Google Cloud, where the embedded broker behind TLS stands in for it', () => {
  it('is reached at PUBSUB_API_ENDPOINT, in the project that the credentials name', async () => {
    const { status, stdout, stderr } = await publish('of-the-key');
    expect(stderr).not.toContain('lms:');
    expect(status).toBe(0);
    expect(stdout).toContain('published 2 messages');
    expect(broker.published('projects/of-the-key/topics/log-topic')).toBe(2);
  });

  it('has another project than the credentials if PUBSUB_PROJECT_ID names one', async () => {
    const { status } = await publish('of-the-key-too', { PUBSUB_PROJECT_ID: 'named' });
    expect(status).toBe(0);
    expect(broker.published('projects/named/topics/log-topic')).toBe(2);
    expect(() => broker.published('projects/of-the-key-too/topics/log-topic')).toThrow();
  });

  it('takes no guess at a project that neither names', async () => {
    const { status, stderr } = await publish(undefined);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^lms: the credentials name no project: set PUBSUB_PROJECT_ID\n.*\(SETTINGS\)\n$/);
  });

  it('is not reached by a name that its certificate is not made out to', async () => {
    const { status, stderr } = await publish('of-the-key', {
      PUBSUB_API_ENDPOINT: `127.0.0.1:${String(front.port)}`,
    });
    expect(status).toBe(8);
    expect(stderr).toContain('(PUBSUB_UNREACHABLE)');
  });
});
