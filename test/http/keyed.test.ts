import { describe, expect, it } from 'vitest';
import { OPEN } from '../../src/access/grant.ts';
import { type HttpServer, openHttp } from '../support/http-server.ts';

const KEY = { 'idempotency-key': 'order-7' };

function log(message: string, headers: Record<string, string> = {}): RequestInit {
  return { method: 'POST', headers, body: JSON.stringify({ message }) };
}

async function messages(server: HttpServer): Promise<string[]> {
  const found = (await (await server.ask('/logs?time__gte=2026-01-01')).json()) as { message: string }[];
  return found.map(({ message }) => message);
}

describe('a request with an Idempotency-Key', () => {
  it('counts once, and is answered as it was; one without counts each time', async () => {
    const server = await openHttp();
    const first = await server.ask('/logs', log('once', KEY));
    const again = await server.ask('/logs', log('once', KEY));
    expect([again.status, await again.text()]).toEqual([first.status, await first.text()]);
    expect(again.status).toBe(201);
    await server.ask('/logs', log('twice'));
    await server.ask('/logs', log('twice'));
    expect(await messages(server)).toEqual(['once', 'twice', 'twice']);
    // The one that came again brought nothing.
    const metrics = await (await server.ask('/metrics')).text();
    expect(metrics).toContain('lms_intake_entries_total{protocol="sink",outcome="accepted"} 3');
  });

  it('counts once also where its answer was not kept, or two came together', async () => {
    const server = await openHttp();
    server.records.forgetsAnswers = true;
    const sent = await Promise.all([1, 2, 3].map(() => server.ask('/logs', log('once', KEY))));
    server.records.now = '2026-11-25 15:00:00.000000';
    sent.push(await server.ask('/logs', log('once', KEY)));
    expect(sent.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(await messages(server)).toEqual(['once']);
  });

  it('is waited for again by who comes again, and is not kept if its answer is long', async () => {
    const server = await openHttp();
    server.storesAtOnce = false;
    const told = ({ status, headers }: Response) => [status, headers.get('lms-stored')];
    expect(told(await server.ask('/logs', log('once', { ...KEY, prefer: 'wait=1' })))).toEqual([
      201,
      'false',
    ]);
    const waiting = server.ask('/logs', log('once', { ...KEY, prefer: 'wait=2' }));
    await server.flush();
    expect(told(await waiting)).toEqual([201, 'true']);
    expect(server.published).toHaveLength(0);
    const long = log('long'.repeat(300_000), { 'idempotency-key': 'long' });
    const [first, again] = [await server.ask('/logs', long), await server.ask('/logs', long)];
    expect(await again.text()).toBe(await first.text());
    expect(server.published).toHaveLength(2);
    await server.flush();
    expect(await messages(server)).toHaveLength(2);
  });

  it('is refused with another body, and is another of another bearer or at another place', async () => {
    const server = await openHttp();
    await server.ask('/logs', log('one', KEY));
    const other = await server.ask('/logs', log('other', KEY));
    expect([other.status, await other.text()]).toEqual([409, expect.stringContaining('another body')]);
    server.grant = { ...OPEN, tokenId: 'of-another' };
    expect((await server.ask('/logs', log('other', KEY))).status).toBe(201);
    const headers = { ...KEY, 'content-type': 'application/json' };
    const body = '{"clientid":1,"loglevel":"info","message":"x"}';
    expect((await server.ask('/messages', { method: 'POST', headers, body })).status).toBe(200);
    // Whom a proxy names has no token.
    for (const name of ['ann', 'bob']) {
      server.grant = { ...OPEN, name };
      expect((await server.ask('/logs', log('same', KEY))).status).toBe(201);
    }
    expect((await messages(server)).toSorted()).toEqual(['one', 'other', 'same', 'same']);
  });

  it('may be sent again after it was refused', async () => {
    const server = await openHttp();
    const bad = { method: 'POST', headers: KEY, body: '{"message":7}' };
    expect((await server.ask('/logs', bad)).status).toBe(400);
    expect((await server.ask('/logs', log('right', KEY))).status).toBe(201);
    const long = await server.ask('/logs', log('x', { 'idempotency-key': 'k'.repeat(256) }));
    expect(long.status).toBe(400);
  });
});
