import type { EntryReader } from '../../query/answers/ports.ts';
import { docsRoutes } from '../docs-page.ts';
import { openApiDocument } from '../openapi.ts';
import { Problem } from '../problems.ts';
import { ReadinessProbe } from '../readiness.ts';
import { JSON_TYPE } from '../resource.ts';
import type { Route } from '../route.ts';
import type { ServerEvents } from '../server-events.ts';
import { RESOURCES } from './all.ts';

/** What the pages about the server itself need. */
export interface OwnParts {
  readonly reader: EntryReader;
  readonly release: string;
  readonly events: ServerEvents;
  /** Aborted, the server is not ready any more. */
  readonly stop: AbortSignal;
  /** What `/readyz` says besides, in words; absent: nothing. */
  readonly notes?: (() => readonly string[]) | undefined;
}

/** The pages about the server itself. */
export function ownRoutes({ reader, release, events, stop, notes = () => [] }: OwnParts): readonly Route[] {
  const probe = new ReadinessProbe(reader, stop, notes);
  const document = openApiDocument(RESOURCES, release);
  return [
    page('/livez', () => Promise.resolve({ contentType: 'text/plain; charset=utf-8', body: 'alive\n' })),
    page('/readyz', async () => {
      const readiness = await probe.look();
      const body = `${JSON.stringify(readiness, null, 2)}\n`;
      return { status: readiness.ready ? 200 : 503, contentType: JSON_TYPE, body };
    }),
    {
      ...page('/metrics', () => events.text()),
      scope: 'read',
    },
    page('/api/openapi.json', () => Promise.resolve({ contentType: JSON_TYPE, body: document })),
    ...docsRoutes(),
    ASSET_ROUTE,
  ];
}

/** The files of the page, for everybody: what it shows asks for a token. */
const ASSET_ROUTE: Route = {
  method: 'GET',
  // With a dot: `/assets/_bulk` is of an index that somebody called so.
  path: '/assets/{stem}.{extension}',
  respond({ params, headers, services }) {
    const { stem, extension } = params as { readonly stem: string; readonly extension: string };
    const answer = services.page.asset(`${stem}.${extension}`, headers);
    if (answer !== undefined) return Promise.resolve(answer);
    throw new Problem('NO_RESOURCE', 'The page that this server has is made of other files: load it anew.');
  },
};

function page(path: string, respond: Route['respond']): Route {
  return { method: 'GET', path, respond };
}
