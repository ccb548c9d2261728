import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { entryId } from '../../src/logs/entry-id.ts';
import { lms } from '../cli/lms.ts';
import { BY_KEY, describeOnBoth } from '../support/serve-ground.ts';

describeOnBoth('lms logs --url', ({ ground, server }) => {
  /** What is printed, and the same asked of the server. */
  const both = async (args: readonly string[]) => {
    const asked = await lms([...args, '--tz', 'UTC'], { DATABASE_URL: ground().url });
    const [command = '', ...rest] = args;
    // Nothing listens at the database that the settings name.
    const remote = await lms([command, '--url', server().url, ...rest, '--tz', 'UTC'], {
      DATABASE_URL: 'mysql://nobody@127.0.0.1:1/none',
    });
    return [remote, asked] as const;
  };

  it.each([
    [['logs']],
    [['logs', '-n', 'all', '--json']],
    [['logs', '-n', '7', '--csv', '--reverse', 'severity>=warn']],
    [['logs', '--fields', 'id,code,user.name,created_at', 'code>=500']],
    [['logs', '--raw', 'quoted', '-n', '3']],
    [['logs', '--around', '2026-11-25 14:58:03', '-n', '9']],
    [['logs', '-C', '2', '--same-service', 'code:499']],
    [['logs', '--since', '2026-11-25 14:59', 'service:cart']],
    [['logs', '--count']],
    [['logs', '--count', 'service:cart severity:error']],
    [['logs', '--count', 'Hello', '--since', '2026-11-25 14:58:02']],
    [['logs', '--histogram', '--by', 'severity']],
    [['logs', '--histogram', '--json', '--by', 'user.name', 'service:"größe 😀"']],
    [['logs', '--values', 'service']],
    [['logs', '--values', 'code', '--json', '-n', '4']],
    [['logs', '--values', 'tags']],
    [['logs', 'nothing-like-it']],
    [['entry', entryId(BY_KEY[11]!), '--json']],
    [['entry', entryId(BY_KEY[12]!)]],
    [['entry', '20261125T140000000000-x']],
  ])('lms %j prints what it does without', async (args) => {
    const [remote, asked] = await both(args);
    expect(remote).toEqual(asked);
  });

  it('explains how the server reached the rows, and how many it read', async () => {
    const [remote, asked] = await both(['logs', 'größe:12 Hello', '--explain']);
    const told = ({ stderr }: { readonly stderr: string }) => stderr.replace(/in \d+ ms/, 'in some ms');
    expect(told(remote)).toMatch(
      /^lms: read in the order of time: 600 rows for 0, in some ms and 1 page; faster with: lms index add größe\n/,
    );
    expect(told(remote)).toBe(told(asked));
  });

  it('a page says what it took, in JSON and in a header', async () => {
    const path = `/api/v1/entries?q=${encodeURIComponent('größe:12 Hello')}&explain=true`;
    const { cost } = (await (await server().get(path)).json()) as { cost: Record<string, unknown> };
    expect(cost).toEqual({
      plan: 'key',
      rowsRead: 600,
      ms: expect.any(Number) as number,
      indexes: [],
      missingIndexes: ['größe'],
      words: 'not asked yet',
    });
    const { headers } = await server().get(`${path}&format=ndjson`);
    const inHeader = JSON.parse(headers.get('lms-cost') ?? '') as typeof cost;
    expect({ ...inHeader, ms: 0 }).toEqual({ ...cost, ms: 0 });
    const all: unknown = await (await server().get('/api/v1/entries?q=severity:info&explain=true')).json();
    expect(all).toMatchObject({ cost: { words: 'not asked' } });
  });

  it('pages by a cursor, the same as that of the database', async () => {
    const args = ['logs', '-n', '5', '--show-cursor', '--until', '2026-11-26', 'service:cart'];
    const first = await lms([...args, '--url', server().url], {});
    const cursor = /--cursor (\S+)/.exec(first.stderr)?.[1] ?? '';
    const [remote, asked] = await both([...args, '--cursor', cursor]);
    expect(remote).toEqual(asked);
    expect(remote.stdout.split('\n')).toHaveLength(6);
  });
});

describe('lms logs --url', () => {
  it('says that nothing answers, or that it is no URL', async () => {
    const url = 'http://127.0.0.1:1';
    expect(await lms(['logs', '--url', url])).toMatchObject({
      status: 18,
      stderr: expect.stringContaining(`${url} does not answer`) as string,
    });
    expect((await lms(['logs', '--url', 'localhost:8080'])).status).not.toBe(0);
  });

  it.each(['{"entries":[]}', 'hello', '{"service_name":1}\n', ''])(
    'what answers %j is told to be no server of ours',
    async (body) => {
      const other = createServer((_request, response) => {
        response.writeHead(200, { 'lms-next': 'x' }).end(body);
      }).listen(0, '127.0.0.1');
      await once(other, 'listening');
      onTestFinished(() => void other.close());
      const { port } = other.address() as AddressInfo;
      expect(await lms(['logs', '--url', `http://127.0.0.1:${String(port)}`])).toMatchObject({
        status: 19,
        stderr: expect.stringContaining('not what lms serve does') as string,
      });
    },
  );
});
