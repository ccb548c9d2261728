import * as z from 'zod';
import { json, resource } from '../resource.ts';

/** What the table of entries is found by. */
export const indexes = resource({
  method: 'GET',
  scope: 'read',
  path: '/api/v1/indexes',
  summary: 'The indexes of the table of entries: what is asked for by their columns is found at once',
  params: z.object({}),
  query: z.object({}),
  response: z.strictObject({
    indexes: z.array(
      z.strictObject({
        name: z.string(),
        columns: z.array(z.string()).meta({ description: 'In the order of the index.' }),
        tag: z
          .string()
          .nullable()
          .meta({ description: 'The tag whose values it holds, as `lms index add` made it.' }),
      }),
    ),
  }),
  async answer({ services }) {
    const indexes = await services.records.indexes();
    return json({ indexes: indexes.map(({ tag = null, ...index }) => ({ ...index, tag })) });
  },
});
