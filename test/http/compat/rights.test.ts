import { describe, expect, it } from 'vitest';
import { type Grant, OPEN } from '../../../src/access/grant.ts';
import { Problem } from '../../../src/http/problems.ts';
import { type HttpServer, openHttp } from '../../support/http-server.ts';

const UNKNOWN = new Problem('TOKEN', 'There is no such token.', {
  headers: { 'www-authenticate': 'Bearer' },
});
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const BODY = 'clientid=1&loglevel=info&message=x';

function grantOf(changes: Partial<Grant>): Grant {
  return { ...OPEN, name: 'a-token', tokenId: 'id', ...changes };
}

async function answered(server: HttpServer, path: string, method = 'GET', body?: string) {
  const response = await server.ask(path, { method, ...(body !== undefined && { body, headers: FORM }) });
  return [response.status, await response.text()];
}

describe('who has no right token', () => {
  it('is told so byte for byte on every route of the sink', async () => {
    const server = await openHttp();
    server.grant = UNKNOWN;
    const incorrect = [403, '{"error":"Token incorrect"}'];
    expect(await answered(server, '/logs')).toEqual(incorrect);
    expect(await answered(server, '/logs/aggregated')).toEqual(incorrect);
    expect(await answered(server, '/logs', 'DELETE')).toEqual(incorrect);
    expect(await answered(server, '/logs', 'POST', '{"message":"x"}')).toEqual(incorrect);
    expect(await answered(server, '/logs', 'POST', 'no JSON')).toEqual(incorrect);
    expect(server.published).toEqual([]);
  });

  it('is told 401 elsewhere, in the style of each', async () => {
    const server = await openHttp();
    server.grant = UNKNOWN;
    const own = '{"error": "There is no such token.", "success": false}';
    for (const method of ['GET', 'DELETE'])
      expect(await answered(server, '/messages', method)).toEqual([401, own]);
    expect(await answered(server, '/messages', 'POST', BODY)).toEqual([401, own]);
    const [status, problem] = await answered(server, '/access-log/logs');
    expect([status, problem]).toEqual([401, expect.stringContaining('"code":"TOKEN"')]);
  });
});

describe('who has a token', () => {
  it('does with it what its scopes let him, and no more', async () => {
    const server = await openHttp();
    const statuses = async () => [
      (await answered(server, '/messages'))[0],
      (await answered(server, '/messages', 'POST', BODY))[0],
      (await answered(server, '/messages', 'DELETE'))[0],
      (await answered(server, '/logs?page=1'))[0],
      (await answered(server, '/logs', 'POST', '{"message":"x"}'))[0],
      (await answered(server, '/logs', 'DELETE'))[0],
      (await answered(server, '/access-log/logs'))[0],
      (await answered(server, '/access-log/logs', 'POST', 'line'))[0],
    ];
    expect(await statuses()).toEqual([200, 200, 200, 200, 201, 200, 200, 200]);
    server.grant = grantOf({ scopes: ['read'] });
    expect(await statuses()).toEqual([200, 403, 403, 200, 403, 403, 200, 403]);
    server.grant = grantOf({ scopes: ['write'] });
    expect(await statuses()).toEqual([403, 200, 403, 403, 201, 403, 403, 200]);
  });

  it('writes, reads and deletes nothing of services that he may not see', async () => {
    const server = await openHttp();
    await answered(server, '/logs', 'POST', '{"message":"x"}');
    server.grant = grantOf({ services: ['mess*'] });
    expect(await answered(server, '/logs')).toEqual([200, '[]']);
    expect(await answered(server, '/logs', 'DELETE')).toEqual([200, '{"deleted":0}']);
    expect((await answered(server, '/logs', 'POST', '{"message":"y"}'))[0]).toBe(403);
    expect((await answered(server, '/messages', 'POST', BODY))[0]).toBe(200);
    server.grant = OPEN;
    expect((await answered(server, '/logs'))[1]).toContain('"message":"x"');
  });
});

describe('a deletion', () => {
  it('leaves a line in the log: who, how many, of what, and no text of theirs', async () => {
    const server = await openHttp();
    await answered(server, '/messages', 'POST', BODY.replace('message=x', 'message=secret'));
    server.grant = grantOf({});
    await answered(server, '/messages?min_level=0', 'DELETE');
    const lines = server.log.lines.filter(({ message }) => message === 'entries were deleted');
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'entries were deleted',
        fields: {
          requestId: expect.any(String) as string,
          by: 'a-token',
          deleted: 1,
          filter: expect.stringContaining('service:messages') as string,
          complete: true,
        },
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });
});
