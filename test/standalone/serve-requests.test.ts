import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, startBroker } from '../../src/broker/broker.ts';
import { entryId } from '../../src/logs/entry-id.ts';
import { type Document, requestsOf } from '../support/openapi-requests.ts';
import { BY_KEY, onSqlite } from '../support/serve-ground.ts';
import { type ServeProcess, startServe } from '../support/serve-process.ts';

const ROOT_TOKEN = 'a-token-that-is-as-long-as-a-root-token-has-to-be';
/** Each waits some seconds for letters that may come: they have tests of their own. */
const WITHOUT = ['/api/v1/dead-letters', '/api/v1/dead-letters/replay'];
const REQUESTS = 400;

describe('requests that are made of the OpenAPI document, right and wrong', () => {
  let broker: Broker;
  let ground: Awaited<ReturnType<typeof onSqlite>>;
  let server: ServeProcess;

  beforeAll(async () => {
    broker = await startBroker();
    ground = await onSqlite();
    const emulator = `${broker.host}:${String(broker.port)}`;
    const env = { DATABASE_URL: ground.url, PUBSUB_EMULATOR_HOST: emulator, ROOT_TOKEN };
    server = await startServe(env, [], { ofTest: false });
  });
  afterAll(async () => {
    await server.stop();
    await broker.close();
    await ground[Symbol.asyncDispose]();
  });

  it('are never answered by a fault, and always as the document says', async () => {
    const document = (await (await server.get('/api/openapi.json')).json()) as Document;
    const validator = new Ajv2020({ strict: false, validateFormats: false });
    validator.addSchema(document, 'document');
    const escaped = (text: string) => text.replaceAll('~', '~0').replaceAll('/', '~1');
    const given = { id: entryId(BY_KEY[0]!) };
    const request = requestsOf(document, { given, without: WITHOUT });
    let well = 0;
    await fc.assert(
      fc.asyncProperty(request, async ({ path, method, url, headers, body }) => {
        const response = await server.get(url, {
          method,
          headers: { authorization: `Bearer ${ROOT_TOKEN}`, ...headers },
          ...(body !== undefined && { body }),
        });
        const text = await response.text();
        const about = `${method} ${url} ${body ?? ''} → ${String(response.status)} ${text}`;
        expect(response.status, about).toBeLessThan(500);
        const status = response.ok ? String(response.status) : 'default';
        const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
        if (response.ok) well += 1;
        if (!type.endsWith('json')) return;
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
});
