import openapiTS, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { openApiDocument } from '../../../src/http/openapi.ts';
import { RESOURCES } from '../../../src/http/resources/all.ts';

const FILE = new URL('../../../packages/client/src/openapi.ts', import.meta.url).pathname;
const HEAD = '/** Made of the OpenAPI document of the server, by the test that holds it to that. */\n';

it('the client’s types are those of the OpenAPI document; `vitest --update` makes them anew', async () => {
  const types = await openapiTS(openApiDocument(RESOURCES, ''));
  const options = await resolveConfig(FILE);
  const source = await format(HEAD + astToString(types), { ...options, filepath: FILE });
  await expect(source).toMatchFileSnapshot(FILE);
});
