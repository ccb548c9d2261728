import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scriptedServer, sendJson } from '../packages/client/scripted-server.ts';
import { faultsOf, otherNodes, pack, type PackedPackage } from '../support/packed-package.ts';

const MAX_BYTES = 6 * 1024;
const NODES = [process.execPath, ...(await otherNodes())];

const COMPILER = {
  ...{ target: 'es2022', module: 'nodenext', strict: true, noEmit: true, skipDefaultLibCheck: true },
  ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, types: [], lib: ['es2022', 'dom'] },
};
const TYPED = `
import { LmsClient, LmsProblem, type Entry, type TailNote } from 'lms-client';

const client = new LmsClient(new URL('http://127.0.0.1'), { token: undefined });
const controller = new AbortController();
const signal: AbortSignal = controller.signal;
async function all(): Promise<void> {
  const page = await client.entries({ q: 'x', limit: 1 }, { signal });
  const severity: 'debug' | 'info' | 'warn' | 'error' | 'fatal' | undefined = page.entries[0]?.severity;
  for await (const entry of client.all({ since: '1h' })) print(entry);
  for await (const entry of client.tail({}, { signal, onNote: (note: TailNote) => note.kind })) {
    const createdAt: string | undefined = entry.created_at;
  }
  const { confirm } = await client.delete({ q: 'x' });
  if (confirm !== null) (await client.delete({ q: 'x', confirm })).deleted.toFixed();
  const width = (await client.histogram({ by: 'service' })).width?.unit;
  const isWeek = width === 'week';
  (await client.send([{ payload: 'x', code: 7 }])).isStored satisfies boolean;
  await client.waitFor('x', { timeoutMs: 1 }).catch((error: unknown) => {
    if (error instanceof LmsProblem && error.code === 'NOT_FOUND_IN_TIME') throw error;
  });
  // @ts-expect-error There is no such parameter.
  await client.entries({ querry: 'x' });
  // @ts-expect-error There is no such order.
  await client.entries({ order: 'best' });
  // @ts-expect-error A field has to be said.
  await client.values({});
}
function print(entry: Entry): string {
  return entry.payload;
}
`;

describe('the packed client', () => {
  let packed: PackedPackage;

  beforeAll(async () => {
    packed = await pack('client');
  });
  afterAll(() => packed[Symbol.asyncDispose]());

  it('is one that publint and attw have nothing to say against', async () => {
    expect(await faultsOf(packed.tarball)).toEqual([]);
  });

  it.each([
    ['an ESM project', 'module', `import { LmsClient } from 'lms-client';`],
    ['a CommonJS project', 'commonjs', `const { LmsClient } = require('lms-client');`],
  ])('runs in %s, on every Node that is here', async (_name, type, head) => {
    const server = await scriptedServer((response) => {
      sendJson(response, { count: 7, exact: true });
    });
    const body = `new LmsClient('${server.url}').count().then(({ count }) => console.log(count));`;
    const project = await packed.project({
      'package.json': JSON.stringify({ type }),
      'index.js': `${head}\n${body}\n`,
    });
    await project.install();
    for (const node of NODES) expect(await project.run('index.js', node), node).toBe('7\n');
    expect(server.requests).toHaveLength(NODES.length);
  });

  it('has types for a TypeScript project, in ESM and CommonJS, without those of Node', async () => {
    const project = await packed.project({
      'package.json': '{}',
      'tsconfig.json': JSON.stringify({ compilerOptions: COMPILER, files: ['esm.mts', 'commonjs.cts'] }),
      'esm.mts': TYPED,
      'commonjs.cts': TYPED,
    });
    await project.install();
    expect(await project.compile()).toBe('');
  });

  it('depends on nothing, has no more files than it needs, and is small', async () => {
    const project = await packed.project({ 'package.json': '{}' });
    await project.install();
    const folder = join(project.folder, 'node_modules/lms-client');
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as object;
    expect(Object.keys(manifest).filter((key) => /dependencies$/i.test(key))).toEqual([]);
    for (const file of ['index.js', 'index.cjs']) {
      const source = await readFile(join(folder, 'dist', file));
      expect(gzipSync(source, { level: 9 }).length, file).toBeLessThan(MAX_BYTES);
      expect(source.toString()).not.toMatch(/\bnode:|\bprocess\.|\bBuffer\b/);
    }
  });
});
