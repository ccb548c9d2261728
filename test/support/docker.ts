import type { ContainerRuntimeClient, StartedTestContainer } from 'testcontainers';
import { guard } from './guard.ts';
import { type TestServer, Unavailable } from './server.ts';

const ENGINE_TIMEOUT_MS = 10_000;
const PULL_TIMEOUT_MS = 180_000;
const MYSQL_IMAGE = 'mysql:8.4';
const NO_EXTRAS: DockerExtras = { args: [], files: {} };
const EMULATOR_IMAGE = 'gcr.io/google.com/cloudsdktool/google-cloud-cli:emulators';

// Containers end with us through a guard, as the local servers do. Testcontainers' own reaper would be one
// more image to fetch.
process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';

/** Further words of the server's command line, and files for it, by their path in the container. */
export interface DockerExtras {
  readonly args: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

/** MySQL in a container. Throws `Unavailable` without an engine that answers, or an image. */
export async function startDockerMysql({ args, files }: DockerExtras = NO_EXTRAS): Promise<TestServer> {
  const engine = await requireImage(MYSQL_IMAGE);
  const { MySqlContainer } = await import('@testcontainers/mysql');
  const image = new MySqlContainer(MYSQL_IMAGE).withCopyContentToContainer(
    Object.entries(files).map(([target, content]) => ({ target, content, mode: 0o644 })),
  );
  const container = await (args.length > 0 ? image.withCommand(['mysqld', ...args]) : image).start();
  return fromContainer(
    container,
    container.getConnectionUri(true).replace(/\/test$/, ''),
    MYSQL_IMAGE,
    engine,
  );
}

/**
 * Google's Pub/Sub emulator in a container. Throws `Unavailable` without an engine that answers, or an image.
 */
export async function startDockerEmulator(): Promise<TestServer> {
  const engine = await requireImage(EMULATOR_IMAGE);
  const { PubSubEmulatorContainer } = await import('@testcontainers/gcloud');
  const container = await new PubSubEmulatorContainer(EMULATOR_IMAGE).start();
  return fromContainer(container, container.getEmulatorEndpoint(), "Google's emulator", engine);
}

/** `127.0.0.1` instead of `localhost`, which may mean IPv6, where the container does not listen. */
function fromContainer(
  container: StartedTestContainer,
  address: string,
  what: string,
  engine: ContainerRuntimeClient,
): TestServer {
  const cleaner = guard('docker rm --force --volumes "$1"', container.getId());
  return {
    address: address.replace('localhost', '127.0.0.1'),
    description: `${what} in Docker ${engine.info.containerRuntime.serverVersion}`,
    async stop() {
      await container.stop({ timeout: 0, removeVolumes: true });
      await cleaner.release();
    },
  };
}

/**
 * The engine, once it has the image. A Docker client without an engine is common, so the engine itself is
 * asked.
 */
async function requireImage(name: string): Promise<ContainerRuntimeClient> {
  const { getContainerRuntimeClient, ImageName } = await import('testcontainers');
  const engine = await inTime(ENGINE_TIMEOUT_MS, getContainerRuntimeClient(), 'no Docker engine answers');
  const image = ImageName.fromString(name);
  if (await engine.image.exists(image)) return engine;
  await inTime(PULL_TIMEOUT_MS, engine.image.pull(image), `Docker cannot get ${name}`);
  if (!(await engine.image.exists(image))) throw new Unavailable(`Docker cannot get ${name}`);
  return engine;
}

/** What `work` resolves to, or `Unavailable` with this reason when it fails or takes too long. */
async function inTime<T>(limitMs: number, work: Promise<T>, reason: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(reject, limitMs);
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw new Unavailable(reason, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
