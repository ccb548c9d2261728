import { SETTING_NAMES } from '../../src/config/schema.ts';
import { loadSettings } from '../../src/config/settings.ts';
import { LmsError } from '../../src/errors/catalogue.ts';
import { lms } from '../cli/lms.ts';

/** The user that the image runs as: Node's images have it as `node`. */
export const IMAGE_USER = 1000;

/** A variable of a container, as Kubernetes and Cloud Run have it. */
export interface Variable {
  readonly name: string;
  /** Undefined: it comes from a secret. */
  readonly value?: string;
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string | number };
}

/** A container of ours. */
export interface Container {
  readonly args: readonly string[];
  readonly env: readonly Variable[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
}

/** Secrets of no use, where a secret has to be. */
const SECRETS: Readonly<Record<string, string>> = {
  DATABASE_URL: 'mysql://lms:secret@db/lms',
  ROOT_TOKEN: 'a-token-for-this-test-alone',
  LMS_TOKEN: 'a-token-for-this-test-alone',
};
/** Of the C library, which everything uses: no setting of LMS. */
const OF_THE_SYSTEM: readonly string[] = ['MALLOC_ARENA_MAX'];
/** What is answered without a token. */
const PAGES = ['/livez', '/readyz'];

/**
 * What would go wrong if the program was started so: arguments that it does not take, settings that there are not or
 * that say nothing it understands, pages and ports that it does not open. `common` are settings besides those of the
 * container.
 */
export async function containerProblems(
  container: Container,
  common: Readonly<Record<string, string>>,
): Promise<string[]> {
  const { args, env: variables } = container;
  // What an argument names is put in its place, and no setting.
  const settings = variables.filter(({ name }) => !args.includes(`$(${name})`));
  const own = settings.map(({ name, value = SECRETS[name] }) => [name, value] as const);
  const env = { ...common, ...Object.fromEntries(own) };
  return [
    ...(await argumentProblems(args)),
    ...settingProblems(env),
    ...probeProblems(container, args[0] === 'serve' ? env['SERVE_PORT'] : env['HEALTH_PORT']),
  ];
}

async function argumentProblems(args: readonly string[]): Promise<string[]> {
  const { status, stdout } = await lms([...args.filter((arg) => !arg.startsWith('-')), '--help']);
  if (status !== 0) return [`lms ${args.join(' ')} is no command`];
  return args
    .filter((arg) => arg.startsWith('-') && !stdout.includes(`${arg} `))
    .map((flag) => `${flag} is no flag`);
}

function settingProblems(env: Readonly<Record<string, string | undefined>>): string[] {
  const names: readonly string[] = [...SETTING_NAMES, ...OF_THE_SYSTEM];
  const unknown = Object.keys(env).filter((name) => !names.includes(name));
  try {
    loadSettings({ flags: {}, env, dotenvPath: undefined });
  } catch (error) {
    if (error instanceof LmsError) return [...unknown.map(isNone), error.message];
    throw error;
  }
  return unknown.map(isNone);
}

function isNone(name: string): string {
  return `${name} is no setting`;
}

function probeProblems(container: Container, opened: string | undefined): string[] {
  const { ports = [], startupProbe, livenessProbe, readinessProbe } = container;
  const probes = [startupProbe, livenessProbe, readinessProbe].filter((probe) => probe !== undefined);
  const numbers = probes.map(({ httpGet: { port } }) =>
    typeof port === 'number' ? port : ports.find(({ name }) => name === port)?.containerPort,
  );
  const pages = probes.filter(({ httpGet }) => !PAGES.includes(httpGet.path));
  return [
    ...[...numbers, ...ports.map(({ containerPort }) => containerPort)]
      .filter((port) => String(port) !== opened)
      .map((port) => `nothing is opened on port ${String(port)}`),
    ...pages.map(({ httpGet }) => `${httpGet.path} is no page`),
    ...(livenessProbe && livenessProbe.httpGet.path !== '/livez'
      ? ['only /livez says when to restart it']
      : []),
  ];
}
