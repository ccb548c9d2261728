import { readdirSync, readFileSync } from 'node:fs';
import { parse as parseHcl } from '@cdktn/hcl2json';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Container, containerProblems, type Variable } from './containers.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
/** Cloud Run kills what has not ended so long after SIGTERM. */
const GRACE_SECONDS = 10;

interface CloudRun {
  readonly kind: string;
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
      readonly spec: { readonly containers: readonly [Container] };
    };
  };
}

describe.each([
  ['worker-pool.yaml', 'WorkerPool', 'mon'],
  ['server.yaml', 'Service', 'serve'],
])('deploy/cloud-run/%s', (file, kind, command) => {
  const manifest = parse(read(`deploy/cloud-run/${file}`)) as CloudRun;
  const [container] = manifest.spec.template.spec.containers;

  it('starts the program as it can be started', async () => {
    expect([manifest.kind, container.args[0]]).toEqual([kind, command]);
    expect(await containerProblems(container, {})).toEqual([]);
  });

  it('drains before it is killed, and names one database everywhere', () => {
    expect(Number(valueOf(container.env, 'SHUTDOWN_TIMEOUT'))).toBeLessThan(GRACE_SECONDS);
    const instance = manifest.spec.template.metadata.annotations['run.googleapis.com/cloudsql-instances'];
    expect(read(`deploy/cloud-run/${file}`)).toContain(`?socket=/cloudsql/${String(instance)}\n`);
  });
});

function valueOf(env: readonly Variable[], name: string): string | undefined {
  return env.find((variable) => variable.name === name)?.value;
}

/** Blocks of Terraform, as JSON has them: resources by type and name, each in a list of one. */
type Blocks = Readonly<Record<string, Readonly<Record<string, readonly [Block]>>>>;
type Block = Readonly<Record<string, unknown>>;

interface TerraformFile {
  readonly resource?: Blocks;
  readonly variable?: Readonly<Record<string, readonly [{ readonly description: string }]>>;
  readonly output?: Readonly<Record<string, unknown>>;
}

/** A container of Terraform's, with what a test looks at. */
interface TerraformContainer {
  readonly args: readonly string[];
  readonly env: readonly Variable[];
  readonly ports?: readonly [{ readonly container_port: number }];
  readonly liveness_probe?: readonly [{ readonly http_get: readonly [{ path: string; port: number }] }];
}

describe('deploy/terraform', () => {
  const resources = new Map<string, Block>();
  const variables = new Set<string>();
  let text = '';

  beforeAll(async () => {
    for (const file of readdirSync(new URL('../../deploy/terraform/', import.meta.url))) {
      const source = read(`deploy/terraform/${file}`);
      // Terraform's own parser: it throws for what Terraform would not read.
      const { resource = {}, variable = {} } = (await parseHcl(file, source)) as TerraformFile;
      text += source;
      for (const [type, byName] of Object.entries(resource))
        for (const [name, [block]] of Object.entries(byName)) resources.set(`${type}.${name}`, block);
      for (const name of Object.keys(variable)) variables.add(name);
    }
  });

  it('refers to resources and variables that are there, and has no variable that nothing uses', () => {
    const code = text.replaceAll(/#.*|"[^"$]*"/g, '');
    const referred = [...code.matchAll(/\b(google_\w+\.\w+)\b/g)].map(([, name = '']) => name);
    expect(referred.length).toBeGreaterThan(20);
    expect([...resources.keys()]).toEqual(expect.arrayContaining(referred));
    const used = [...code.matchAll(/\bvar\.(\w+)/g)].map(([, name = '']) => name);
    expect([...new Set(used)].toSorted()).toEqual([...variables].toSorted());
  });

  it('gives each account the roles of docs/operations.md, on the same things, and no other', () => {
    expect(granted()).toEqual(documented());
  });

  /** `account: role on thing` of each grant on Pub/Sub. */
  function granted(): string[] {
    const grants = [...resources].filter(([name]) =>
      /^google_pubsub_\w+_iam_member\.(worker|server)_/.test(name),
    );
    return grants
      .map(([, { topic = '', subscription = '', role, member }]) => {
        const thing = /(google_pubsub_\w+\.\w+)/.exec(`${String(topic)}${String(subscription)}`)?.[1] ?? '';
        const account = /google_service_account\.(\w+)/.exec(String(member))?.[1] ?? '';
        return `${account}: ${String(role)} on ${String(resources.get(thing)?.['name'])}`;
      })
      .toSorted();
  }

  it.each([
    ['google_cloud_run_v2_worker_pool.worker', 'mon'],
    ['google_cloud_run_v2_service.server', 'serve'],
  ])('%s starts the program as it can be started, and drains before it is killed', async (name, command) => {
    const [template] = resources.get(name)?.['template'] as [{ containers: readonly [TerraformContainer] }];
    const [{ args, env, ports, liveness_probe: probe }] = template.containers;
    expect(args[0]).toBe(command);
    const container: Container = {
      args,
      env: env.map(({ name: variable, value }) => ({
        name: variable,
        ...(value && { value: resolved(value) }),
      })),
      ...(ports && { ports: [{ name: 'http', containerPort: ports[0].container_port }] }),
      ...(probe && { livenessProbe: { httpGet: probe[0].http_get[0] } }),
    };
    expect(await containerProblems(container, {})).toEqual([]);
    expect(Number(valueOf(env, 'SHUTDOWN_TIMEOUT'))).toBeLessThan(GRACE_SECONDS);
  });

  /** What an expression comes to: the name of a resource, or something in place of a variable. */
  function resolved(value: string): string {
    const [, resource] = /^\$\{(google_\w+\.\w+)\.name\}$/.exec(value) ?? [];
    if (resource !== undefined) return String(resources.get(resource)?.['name']);
    return value.replace(/^\$\{var\.\w+\}$/, 'my-project');
  }
});

/** The same of the table of roles, for the accounts of `lms mon` and `lms serve`. */
function documented(): string[] {
  const things: Readonly<Record<string, string>> = {
    'the topic': 'log-topic',
    'the subscription': 'log-sub',
    'the dead-letter topic': 'log-topic-dead-letter',
    'the dead-letter subscription': 'log-sub-dead-letter',
  };
  const accounts: Readonly<Record<string, string>> = {
    '`lms mon --no-create`': 'worker',
    '`lms serve --no-create`': 'server',
  };
  const [, section = ''] = read('docs/operations.md').split('### Google Cloud\n');
  const rows = section.trim().split('\n\n')[0]?.split('\n').slice(2) ?? [];
  let account = '';
  return rows
    .flatMap((row) => {
      const [, whose = '', role = '', thing = ''] = row.split('|').map((cell) => cell.trim());
      if (whose !== '') account = whose;
      const ours = accounts[account];
      return ours === undefined ? [] : [`${ours}: ${role.replaceAll('`', '')} on ${String(things[thing])}`];
    })
    .toSorted();
}
