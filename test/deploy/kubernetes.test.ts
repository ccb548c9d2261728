import { readdirSync, readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readAgentFile } from '../../src/app/agent/agent-file.ts';
import { type Container, containerProblems, IMAGE_USER } from './containers.ts';

/** Whom kubelet's files belong to. */
const ROOT_USER = 0;
const FOLDER = new URL('../../deploy/kubernetes/', import.meta.url);

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template?: {
      readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
  };
}

interface PodSpec {
  readonly serviceAccountName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext: { readonly runAsUser: number };
  readonly containers: readonly Container[];
}

const files = readdirSync(FOLDER).filter((file) => file !== 'kustomization.yaml');
const manifests = files.flatMap((file) =>
  parseAllDocuments(readFileSync(new URL(file, FOLDER), 'utf8')).map((document) => ({
    file,
    manifest: document.toJS() as Manifest,
  })),
);
const pods = manifests.flatMap(({ file, manifest }) => {
  const { spec } = manifest.spec?.template ?? {};
  return spec ? [{ file, spec, manifest }] : [];
});
const settings =
  manifests.find(({ manifest: { kind, metadata } }) => kind === 'ConfigMap' && metadata.name === 'lms')
    ?.manifest.data ?? {};

/** A validator that was compiled from the schema of Kubernetes. */
interface Schema {
  readonly validate: {
    (data: unknown): boolean;
    readonly errors?: readonly { readonly instancePath: string; readonly schemaPath: string }[] | null;
  };
}

/** The schema of `apps/v1` `Deployment` is `IoK8sApiAppsV1Deployment`. */
async function schemaOf({ apiVersion, kind }: Manifest): Promise<Schema> {
  const [version = '', group = 'core'] = apiVersion.split('/').toReversed();
  const words = ['io', 'k8s', 'api', group.split('.')[0] ?? '', version, kind];
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return (await import(`kubernetes-models/_schemas/${name}`)) as Schema;
}

/** What the schema of Kubernetes says against a manifest: nothing, mostly. */
async function problemsOf(manifest: Manifest): Promise<string[]> {
  const { validate } = await schemaOf(manifest);
  const unread = new Set<string>();
  if (validate(watched(manifest, '', unread)))
    return [...unread].map((path) => `${path} is not in the schema`);
  return (validate.errors ?? []).map(
    ({ instancePath, schemaPath }) => `${instancePath} is against ${schemaPath}`,
  );
}

/** The validator reads each field that it knows, and passes over all others: those are left in `unread`. */
function watched<T extends object>(value: T, path: string, unread: Set<string>): T {
  if (!Array.isArray(value)) for (const key of Object.keys(value)) unread.add(`${path}/${key}`);
  return new Proxy(value, {
    get(target, key) {
      const read: unknown = Reflect.get(target, key);
      unread.delete(`${path}/${String(key)}`);
      return typeof read === 'object' && read !== null
        ? watched(read, `${path}/${String(key)}`, unread)
        : read;
    },
  });
}

function isAgent({ containers }: PodSpec): boolean {
  return containers[0]?.args[0] === 'agent';
}

describe('deploy/kubernetes', () => {
  it.each(manifests)('$file: $manifest.kind is as the schema of Kubernetes has it', async ({ manifest }) => {
    expect(await problemsOf(manifest)).toEqual([]);
  });

  it('would not pass with a field that Kubernetes does not know, or of another type', async () => {
    const deployment = manifests.find(({ manifest }) => manifest.kind === 'Deployment')!.manifest;
    expect(await problemsOf({ ...deployment, spec: { ...deployment.spec, replica: 2 } } as Manifest)).toEqual(
      ['/spec/replica is not in the schema'],
    );
    expect(
      await problemsOf({ ...deployment, spec: { ...deployment.spec, replicas: 'two' } } as Manifest),
    ).toEqual(['/spec/replicas is against #/type']);
  });

  it.each(pods)('$file: starts the program as it can be started', async ({ spec }) => {
    for (const container of spec.containers) expect(await containerProblems(container, settings)).toEqual([]);
    expect(spec.securityContext.runAsUser).toBe(isAgent(spec) ? ROOT_USER : IMAGE_USER);
  });

  it.each(pods.filter(({ manifest }) => manifest.kind !== 'Job'))(
    '$file: may drain for as long as it is told to',
    ({ spec: { terminationGracePeriodSeconds = 30, containers } }) => {
      const waitsSeconds = containers[0]?.lifecycle?.preStop.sleep.seconds ?? 0;
      expect(terminationGracePeriodSeconds).toBeGreaterThan(
        Number(settings['SHUTDOWN_TIMEOUT']) + waitsSeconds,
      );
    },
  );

  it('agent.yaml gives the agent a file that it can read, and directories for what that names', () => {
    const text = manifests.find(({ manifest }) => manifest.data?.['agent.yaml'])?.manifest.data?.[
      'agent.yaml'
    ];
    const read = readAgentFile(text ?? '');
    const file = 'file' in read ? read.file : undefined;
    const [pattern = ''] = file?.inputs.map(({ name }) => name) ?? [];
    const nameOf = (pod: string) => `/var/log/containers/${pod}_lms_agent-${'0f'.repeat(32)}.log`;
    // What it says of its work would be work again.
    const own = pods.find(({ spec }) => isAgent(spec))?.manifest.metadata.name ?? '';
    expect([nameOf('shop-0'), nameOf(`${own}-x7k2p`)].map((path) => matchesGlob(path, pattern))).toEqual([
      true,
      false,
    ]);
    const agent = pods.find(({ spec }) => isAgent(spec))?.spec;
    const mounts = agent?.containers[0]?.volumeMounts ?? [];
    const writable = mounts.filter(({ readOnly = false }) => !readOnly).map(({ mountPath }) => mountPath);
    expect(writable).toEqual([file?.options.state]);
    expect(mounts.map(({ mountPath }) => mountPath)).toContain('/var/log');
  });

  it('selects pods by labels that they have, and accounts that are there', () => {
    const labels = pods.map(({ manifest }) => manifest.spec?.template?.metadata?.labels).filter(Boolean);
    for (const { manifest } of manifests) {
      const { matchLabels } = manifest.spec?.selector ?? {};
      if (matchLabels) expect(labels).toContainEqual(matchLabels);
    }
    const named = pods.map(({ spec }) => spec.serviceAccountName).filter((name) => name !== undefined);
    const accounts = manifests.filter(({ manifest }) => manifest.kind === 'ServiceAccount');
    expect(accounts.map(({ manifest }) => manifest.metadata.name).toSorted()).toEqual(named.toSorted());
  });

  it('applies files that are there', () => {
    const kustomization = readFileSync(new URL('kustomization.yaml', FOLDER), 'utf8');
    const named = [...kustomization.matchAll(/^ {2}(?:# )?- ([\w-]+\.yaml)/gm)].map(([, file = '']) => file);
    expect([...named, 'migrate.yaml'].toSorted()).toEqual(files.toSorted());
  });
});
