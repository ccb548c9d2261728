import { glob, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freePort } from './ports.ts';
import { findProgram, privateDirectory, type Program, startProgram } from './program.ts';
import { type TestServer, Unavailable } from './server.ts';

const JAR = 'platform/pubsub-emulator/lib/cloud-pubsub-emulator-*.jar';

/** Google's Pub/Sub emulator on a port of its own; it keeps nothing when it ends. */
export interface LocalEmulator extends Program, TestServer {
  readonly port: number;
}

/**
 * Starts the emulator of an installed Google Cloud CLI. Its jar is run directly: `gcloud` takes seconds more,
 * and puts two processes between us and it. Throws `Unavailable` if there is no jar or no Java.
 */
export async function startLocalEmulator(): Promise<LocalEmulator> {
  const jar = await findJar();
  if (jar === undefined) throw new Unavailable('no Pub/Sub emulator of a Google Cloud CLI on this machine');
  const java = await findProgram('java');
  if (java === undefined) throw new Unavailable('the Pub/Sub emulator is here, but Java to run it is not');
  const directory = await privateDirectory('emulator');
  const port = await freePort();
  const args = ['-jar', jar, '--host=127.0.0.1', `--port=${String(port)}`];
  const program = await startProgram(java, args, { port, directory });
  const address = `127.0.0.1:${String(port)}`;
  return { ...program, port, address, description: `Google's emulator on ${address}` };
}

async function findJar(): Promise<string | undefined> {
  const gcloud = await findProgram('gcloud');
  const roots = [
    process.env['CLOUDSDK_ROOT'],
    gcloud === undefined ? undefined : dirname(dirname(await realpath(gcloud))),
    '/usr/lib/google-cloud-sdk',
    '/opt/google-cloud-sdk',
  ];
  for (const root of roots) {
    if (root === undefined) continue;
    for await (const jar of glob(join(root, JAR))) return jar;
  }
  return undefined;
}
