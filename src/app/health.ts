import type { Settings } from '../config/settings.ts';
import type { Watched } from '../health/readiness.ts';
import type { WatchedStorage } from '../health/storage-metrics.ts';
import type { Log } from '../pipeline/ports.ts';
import type { WorkerEvents } from '../pipeline/status.ts';

/** Health pages of a worker that may not be there yet. */
export interface Health {
  /** The metrics take what happens from here. */
  readonly events: WorkerEvents;
  /** From now on the pages tell of this worker. */
  readonly watch: (watched: Watched) => void;
  /** From now on they tell of this storage, as it is then. */
  readonly watchStorage: (read: () => WatchedStorage | undefined) => void;
  close(): Promise<void>;
}

/** The settings of one of several workers: their health ports are HEALTH_PORT and those that follow it. */
export function settingsOfWorker(settings: Settings, worker: number): Settings {
  const { healthPort } = settings;
  return healthPort === undefined ? settings : { ...settings, healthPort: healthPort + worker - 1 };
}

/**
 * Opens the health pages, or nothing if HEALTH_PORT is unset. Rejects with `LmsError` SETTINGS if the port
 * cannot be had.
 */
export async function openHealth(settings: Settings, log: Log): Promise<Health | undefined> {
  const { healthHost: host, healthPort: port } = settings;
  if (port === undefined) return undefined;
  // Loaded here and not above: a worker without pages starts sooner.
  const [{ healthPages }, { startHealthServer }, { PrometheusMetrics }] = await Promise.all([
    import('../health/pages.ts'),
    import('../health/server.ts'),
    import('../health/prometheus.ts'),
  ]);
  let watched: Watched | undefined;
  let storage = (): WatchedStorage | undefined => undefined;
  const metrics = new PrometheusMetrics(
    () => watched,
    () => storage(),
  );
  const pages = healthPages(() => watched, metrics);
  const server = await startHealthServer({ host, port }, pages, log);
  // `host` is this machine, in every line.
  log.info({ address: `${host}:${String(port)}`, pages: [...pages.keys()] }, 'health pages opened');
  return {
    events: metrics,
    watch: (worker) => {
      watched = worker;
    },
    watchStorage: (read) => {
      storage = read;
    },
    close: () => server.close(),
  };
}
