import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { entryId } from '../../src/logs/entry-id.ts';
import { openHttp } from '../support/http-server.ts';
import { BY_KEY } from '../support/serve-ground.ts';
import { type Document, requestsOf } from './openapi-requests.ts';

/** They need Pub/Sub, and have tests of their own. */
const WITHOUT = ['/api/v1/dead-letters', '/api/v1/dead-letters/replay'];
const REQUESTS = 250;
/** More than Node takes before there is a request: no route answers that. */
const HEADERS_TOO_LARGE = 431;

it('requests that are made of the OpenAPI document, right and wrong, are never answered by a fault, and as it says', async () => {
  const server = await openHttp();
  await server.store.write(BY_KEY);
  const document = (await (await server.ask('/api/openapi.json')).json()) as Document;
  const validator = new Ajv2020({ strict: false, validateFormats: false });
  validator.addSchema(document, 'document');
  const escaped = (text: string) => text.replaceAll('~', '~0').replaceAll('/', '~1');
  const given = { id: entryId(BY_KEY[0]!) };
  const request = requestsOf(document, { given, without: WITHOUT });
  let well = 0;
  await fc.assert(
    fc.asyncProperty(request, async ({ path, method, url, headers, body }) => {
      const response = await server.ask(url, { method, headers, ...(body !== undefined && { body }) });
      const text = await response.text();
      const about = `${method} ${url} ${body ?? ''} → ${String(response.status)} ${text}`;
      expect(response.status, about).toBeLessThan(500);
      const status = response.ok ? String(response.status) : 'default';
      const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
      if (response.ok) well += 1;
      if (!/[/+]json$/.test(type) || response.status === HEADERS_TOO_LARGE) return;
      const pointer = `/paths/${escaped(path)}/${method.toLowerCase()}/responses/${status}/content/${escaped(type)}/schema`;
      const validate = validator.getSchema(`document#${encodeURI(pointer)}`);
      if (validate === undefined) throw new Error(`the document does not say that: ${about}`);
      expect(validate(JSON.parse(text)), `${about} ${JSON.stringify(validate.errors)}`).toBe(true);
    }),
    { numRuns: REQUESTS },
  );
  // Otherwise they are all refused at the door.
  expect(well).toBeGreaterThan(REQUESTS / 4);
});
