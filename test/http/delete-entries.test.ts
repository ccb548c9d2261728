import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { OPEN } from '../../src/access/grant.ts';
import { deletedEntries } from '../../src/http/resources/delete-entries.ts';
import { openEntryReader } from '../../src/store/open.ts';
import { entriesOf, scratchDatabase } from '../cli/scratch-database.ts';
import { type HttpServer, openHttp } from '../support/http-server.ts';
import { RecordingLog } from '../support/recording-log.ts';

const TOLD = z.object({
  matching: z.int(),
  first: z.string().nullable(),
  last: z.string().nullable(),
  confirm: z.string().nullable(),
});

async function ask(server: HttpServer, query: Record<string, string>) {
  const response = await server.ask(`/api/v1/entries?${new URLSearchParams(query).toString()}`, {
    method: 'DELETE',
  });
  const body: unknown = await response.json();
  if (response.status === 200) deletedEntries.response.parse(body);
  return { status: response.status, body };
}

async function told(server: HttpServer, query: Record<string, string>) {
  return TOLD.parse((await ask(server, query)).body);
}

async function services(server: HttpServer) {
  const names: string[] = [];
  for await (const { serviceName } of server.store.entries()) names.push(serviceName);
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}

describe('DELETE /api/v1/entries', () => {
  it('says first how many match, and deletes nothing; then what it said', async () => {
    const server = await openHttp();
    await server.store.write([...entriesOf('cart', 'info', 90), ...entriesOf('checkout', 'error', 5)]);
    const query = { q: 'service:cart' };
    const { confirm, ...first } = await told(server, query);
    expect(first).toEqual({
      matching: 90,
      first: '2026-11-25T12:00:00.000000Z',
      last: '2026-11-25T12:00:59.000000Z',
    });
    expect(await services(server)).toEqual({ cart: 90, checkout: 5 });
    // What came since, behind what was told of, stays.
    await server.store.write([
      { ...entriesOf('cart', 'info', 1)[0]!, timestamp: '2026-11-25 12:01:00.000000' },
    ]);
    expect(await ask(server, { ...query, confirm: confirm ?? '' })).toEqual({
      status: 200,
      body: { deleted: 90 },
    });
    expect(await services(server)).toEqual({ cart: 1, checkout: 5 });
    expect(await server.store.verify()).toMatchObject({ differences: [] });
    expect(await ask(server, { ...query, confirm: confirm ?? '' })).toEqual({
      status: 200,
      body: { deleted: 0 },
    });
    expect(await told(server, { q: 'service:nobody' })).toEqual({
      matching: 0,
      first: null,
      last: null,
      confirm: null,
    });
    const audit = server.log.lines.filter(({ message }) => message === 'entries were deleted');
    expect(audit.map(({ fields }) => [fields['by'], fields['deleted']])).toEqual([
      ['everybody', 90],
      ['everybody', 0],
    ]);
  });

  it('measures times from the moment of the first answer', async () => {
    const server = await openHttp();
    await server.store.write(entriesOf('cart', 'info', 3));
    const query = { q: 'service:cart', until: '-1s' };
    const { confirm } = await told(server, query);
    expect((await ask(server, { ...query, confirm: confirm ?? '' })).body).toEqual({ deleted: 3 });
  });

  it('refuses what confirms another question, or nothing', async () => {
    const server = await openHttp();
    await server.store.write([...entriesOf('cart', 'info', 3), ...entriesOf('checkout', 'info', 3)]);
    const { confirm } = await told(server, { q: 'service:cart' });
    const bad = ['', 'x', 'e30', Buffer.from('[1,2,"x","y","z"]').toString('base64url')];
    const asked = [
      { confirm: confirm ?? '' },
      { q: 'service:checkout', confirm: confirm ?? '' },
      { q: 'service:cart', since: '2026-01-01', confirm: confirm ?? '' },
      ...bad.map((each) => ({ q: 'service:cart', confirm: each })),
    ];
    for (const query of asked) expect((await ask(server, query as Record<string, string>)).status).toBe(400);
    expect(await ask(server, { service: 'cart' })).toMatchObject({ status: 400 });
    expect(await services(server)).toEqual({ cart: 3, checkout: 3 });
  });

  it('tells of and deletes what the bearer sees, and takes a scope of its own', async () => {
    const server = await openHttp();
    await server.store.write([...entriesOf('cart', 'info', 3), ...entriesOf('checkout', 'info', 3)]);
    server.grant = { ...OPEN, scopes: ['read', 'write'] };
    expect(await ask(server, {})).toMatchObject({ status: 403, body: { code: 'SCOPE' } });
    server.grant = { ...OPEN, services: ['c?rt', 'cart'] };
    const { confirm, matching } = await told(server, {});
    expect(matching).toBe(3);
    expect((await ask(server, { confirm: confirm ?? '' })).body).toEqual({ deleted: 3 });
    expect(await services(server)).toEqual({ checkout: 3 });
  });

  it('looks at the database that is written to, not at a replica', async () => {
    using replica = scratchDatabase();
    await replica.write([]);
    const path = replica.url.slice('sqlite:'.length);
    const reader = await openEntryReader(
      { kind: 'sqlite', path },
      { log: new RecordingLog(), connections: 1 },
    );
    const written = scratchDatabase();
    await written.write(entriesOf('cart', 'info', 3));
    const target = { kind: 'sqlite', path: written.url.slice('sqlite:'.length) } as const;
    const primary = await openEntryReader(target, { log: new RecordingLog(), connections: 1 });
    const server = await openHttp({ reader, primary: () => Promise.resolve(primary) });
    expect((await told(server, {})).matching).toBe(3);
    await reader.close();
    await primary.close();
    written[Symbol.dispose]();
  });
});
