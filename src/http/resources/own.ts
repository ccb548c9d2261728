import type { EntryReader } from '../../query/answers/ports.ts';
import { docsRoutes } from '../docs-page.ts';
import { HOME_STYLE_ROUTE } from '../home-page.ts';
import { openApiDocument } from '../openapi.ts';
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
}

/** The pages about the server itself. */
export function ownRoutes({ reader, release, events, stop }: OwnParts): readonly Route[] {
  const probe = new ReadinessProbe(reader, stop);
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
    HOME_STYLE_ROUTE,
  ];
}

function page(path: string, respond: Route['respond']): Route {
  return { method: 'GET', path, respond };
}
