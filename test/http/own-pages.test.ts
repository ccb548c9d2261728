import { expect, it } from 'vitest';
import * as z from 'zod';
import { RESOURCES } from '../../src/http/resources/all.ts';
import { openHttp } from '../support/http-server.ts';

it('a server tells of its health', async () => {
  const server = await openHttp();
  expect(await (await server.ask('/livez')).text()).toBe('alive\n');
  expect(await (await server.ask('/readyz')).json()).toEqual({ ready: true, problems: [], notes: [] });
  const posted = await server.ask('/api/v1/entries/count', { method: 'POST', body: 'x'.repeat(10) });
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

it('a server is described by a document of all its resources', async () => {
  const server = await openHttp();
  const document = z
    .object({ openapi: z.literal('3.1.0'), paths: z.record(z.string(), z.looseObject({})) })
    .parse(await (await server.ask('/api/openapi.json')).json());
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described).toEqual(RESOURCES.map(({ method, path }) => `${method} ${path}`));
  expect(document.paths['/api/v1/histogram']).toMatchObject({
    get: {
      operationId: 'histogram',
      parameters: expect.arrayContaining([
        expect.objectContaining({
          name: 'buckets',
          required: false,
          schema: { type: 'integer', minimum: 2, maximum: 500, default: 60 },
        }),
      ]) as unknown,
    },
  });
});
