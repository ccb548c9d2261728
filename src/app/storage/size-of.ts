import type { Settings } from '../../config/settings.ts';
import type { Log } from '../../pipeline/ports.ts';
import { type Forecast } from '../../retention/forecast.ts';
import { ObservedRows } from '../../retention/growth.ts';
import { openStorage } from '../../store/open.ts';
import { forecastOf, lookAt } from './look.ts';

/** Looks once at the database of the settings. Rejects with `LmsError`. */
export async function sizeOf(settings: Settings, log: Log): Promise<Forecast> {
  const storage = await openStorage(settings.database, { log });
  try {
    const look = await lookAt(storage, new AbortController().signal);
    return forecastOf(look, { observed: new ObservedRows(), maxBytes: settings.retentionMaxBytes });
  } finally {
    await storage.close();
  }
}
