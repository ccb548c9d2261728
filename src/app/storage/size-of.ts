import type { Settings } from '../../config/settings.ts';
import type { Log } from '../../pipeline/ports.ts';
import { type Forecast } from '../../retention/forecast.ts';
import { ObservedRows } from '../../retention/growth.ts';
import { closeLooked, forecastOf, lookAt, openToLook } from './look.ts';

/** Looks once at the database of the settings. Rejects with `LmsError`. */
export async function sizeOf(settings: Settings, log: Log): Promise<Forecast> {
  const looked = await openToLook(settings, log);
  try {
    const look = await lookAt(looked, new AbortController().signal);
    return forecastOf(look, { observed: new ObservedRows(), maxBytes: settings.retentionMaxBytes });
  } finally {
    await closeLooked(looked);
  }
}
