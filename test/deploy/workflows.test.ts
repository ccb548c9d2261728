import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = new URL('../../', import.meta.url);
const WORKFLOWS = new URL('.github/workflows/', ROOT);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface Job {
  readonly uses?: string;
  readonly container?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly Step[];
  readonly strategy?: { readonly matrix: { readonly include: readonly { readonly image: string }[] } };
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = readdirSync(WORKFLOWS).map((file) => {
  const workflow = parse(read(`.github/workflows/${file}`)) as Workflow;
  const jobs = Object.values(workflow.jobs);
  return { file, workflow, jobs, steps: jobs.flatMap(({ steps = [] }) => steps) };
});
const everyStep = workflows.flatMap(({ steps }) => steps);

/** What stands behind `before` in the commands of all workflows, such as every target behind `make`. */
function called(before: RegExp): string[] {
  const words = everyStep.flatMap(({ run = '' }) => [...run.matchAll(before)]).map(([, word = '']) => word);
  return [...new Set(words)];
}

describe('the workflows', () => {
  it('call targets that the Makefile has', () => {
    const targets = [...read('Makefile').matchAll(/^([a-z0-9-]+):.*## /gm)].map(([, name]) => name);
    const calls = called(/(?:^|&& )make ([a-z0-9-]+)/gm);
    expect(calls).toContain('check');
    expect(targets).toEqual(expect.arrayContaining(calls));
  });

  it('call scripts that are there and can be run, of the checkout and of npm', () => {
    const files = called(/(?:^|&& )((?:scripts|[.]ci)\/\S+)/gm);
    expect(files).toContain('scripts/release-notes');
    for (const file of files) accessSync(new URL(file, ROOT), constants.X_OK);
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(called(/npm run (?:--silent )?(\S+)/g)));
  });

  it('name the major version of each action, or a workflow that is there', () => {
    const files = workflows.map(({ file }) => `./.github/workflows/${file}`);
    const reused = workflows.flatMap(({ jobs }) => jobs.map(({ uses }) => uses)).filter(Boolean);
    expect(files).toEqual(expect.arrayContaining(reused));
    const actions = everyStep.map(({ uses }) => uses).filter((uses) => uses !== undefined);
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@v\d+$/);
  });

  it.each(workflows)('$file: may only read unless a job says otherwise, and no job runs for ever', (each) => {
    expect(each.workflow.permissions).toEqual({ contents: 'read' });
    for (const job of each.jobs.filter(({ uses }) => uses === undefined)) {
      expect(job['timeout-minutes']).toBeGreaterThan(0);
    }
  });

  it('insist on clusters, and on rsyslog, in one job, which is root on Debian, as they need it', () => {
    const insisting = workflows.flatMap(({ jobs }) =>
      jobs.filter((job) => job.env?.['LMS_REQUIRE_CLUSTERS']),
    );
    expect(insisting.map(({ container }) => container)).toEqual([expect.stringMatching(/^node:\d+-trixie$/)]);
    expect(insisting[0]?.steps).toContainEqual({ run: 'make test' });
    expect(insisting[0]?.env?.['LMS_REQUIRE_FOREIGN']).toBe('1');
    for (const name of ['CLUSTERS', 'FOREIGN'])
      expect(read('.ci/run')).toContain(`\nexport LMS_REQUIRE_${name}=1\n`);
  });

  it('test every server that docs/operations.md says is supported, and no other', () => {
    const matrix = workflows.flatMap(({ jobs }) => jobs.flatMap((job) => job.strategy?.matrix.include ?? []));
    const [, section = ''] = read('docs/operations.md').split(/^## Supported versions$/m);
    const [table = ''] = section.split(/^## /m);
    const documented = [...table.matchAll(/`((?:mysql|mariadb):[\d.]+)`/g)].map(([, image]) => image);
    expect(documented.length).toBeGreaterThan(0);
    expect(matrix.map(({ image }) => image)).toEqual(documented);
  });

  it('run on the Node of .nvmrc, as the checkout and the image do', () => {
    const nodes = everyStep.filter(({ uses = '' }) => uses.startsWith('actions/setup-node@'));
    for (const step of nodes) expect(step.with).toMatchObject({ 'node-version-file': '.nvmrc' });
    const major = read('.nvmrc').trim();
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } };
    expect(devDependencies.node.split('.')[0]).toBe(major);
    const images = [...read('Dockerfile').matchAll(/^FROM node:(\d+)/gm)].map(([, version]) => version);
    expect(new Set(images)).toEqual(new Set([major]));
    const containers = [...read('.github/workflows/ci.yml').matchAll(/container: node:(\d+)/g)];
    expect(containers.map(([, version]) => version)).toEqual([major]);
  });
});
