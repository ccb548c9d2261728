import type { TestProject } from 'vitest/node';
import { startServers, type TestServers } from './servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the MySQL server that the tests share, without a database; `freshDatabase` makes one. */
    mysqlUrl: string;
    /** `host:port` of the Pub/Sub emulator that the tests share; topics need names of their own. */
    emulatorHost: string;
    /** False if our own broker stands in for it. */
    emulatorIsReal: boolean;
  }
}

declare global {
  /** Vitest loads this file once for each project that needs servers; they share one set, kept here. */
  var lmsTestServers: Promise<TestServers> | undefined;
}

export async function setup(project: TestProject): Promise<void> {
  globalThis.lmsTestServers ??= startServers((line) => {
    process.stdout.write(`${line}\n`);
  });
  const servers = await globalThis.lmsTestServers;
  project.provide('mysqlUrl', servers.mysqlUrl);
  project.provide('emulatorHost', servers.emulatorHost);
  project.provide('emulatorIsReal', servers.emulatorIsReal);
}

export async function teardown(): Promise<void> {
  const servers = globalThis.lmsTestServers;
  globalThis.lmsTestServers = undefined;
  await (await servers)?.stop();
}
