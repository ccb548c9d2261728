import type { EntrySink } from '../../agent/ports.ts';
import type { Settings } from '../../config/settings.ts';
import type { OpenOutage } from '../../pipeline/outage.ts';
import type { Log } from '../../pipeline/ports.ts';

/** Where an agent sends to, and how patient it is. */
export interface SinkOptions {
  readonly settings: Settings;
  /** Of an `lms serve`; undefined: to the topic of the settings. */
  readonly url: string | undefined;
  /** Whether topic and subscription may be created. */
  readonly create: boolean;
  /** Whether it waits also for what somebody has to mend, once something was taken. */
  readonly isPatient: boolean;
  readonly log: Log;
}

/** A sink, and how it is. */
export interface OpenSink {
  readonly sink: EntrySink;
  /** How many requests at once keep it busy. */
  readonly requestsInFlight: number;
  readonly outage: () => OpenOutage | undefined;
  close(): Promise<void>;
}
