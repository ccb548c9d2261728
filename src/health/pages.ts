import type { PrometheusMetrics } from './prometheus.ts';
import { type Readiness, readinessOf, type Watched } from './readiness.ts';
import type { Page } from './server.ts';

const TEXT = 'text/plain; charset=utf-8';

/** Metrics as a page shows them. */
interface ShownMetrics {
  readonly contentType: string;
  text(): Promise<string>;
}

/** What can be asked of a worker, by path: does it live, can it work, what has it done. */
export function healthPages(
  watched: () => Watched | undefined,
  metrics: PrometheusMetrics,
): ReadonlyMap<string, Page> {
  return pagesOf(() => readinessOf(watched(), new Date()), metrics);
}

/** The same of whatever is ready or not. */
export function pagesOf(read: () => Readiness, metrics: ShownMetrics): ReadonlyMap<string, Page> {
  return new Map<string, Page>([
    // Any answer will do: a process whose event loop is stuck gives none.
    ['/livez', () => ({ status: 200, contentType: TEXT, body: 'alive\n' })],
    [
      '/readyz',
      () => {
        const readiness = read();
        const body = `${JSON.stringify(readiness, null, 2)}\n`;
        return { status: readiness.ready ? 200 : 503, contentType: 'application/json', body };
      },
    ],
    ['/metrics', async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.text() })],
  ]);
}
