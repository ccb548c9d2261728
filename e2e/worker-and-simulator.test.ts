import { inject, it } from 'vitest';
import { uniqueName } from '../test/support/names.ts';
import { TIMEOUT_MS, workerAndSimulator } from './worker-and-simulator.ts';

it('worker and simulator as separate processes: published = rows = counts', { timeout: TIMEOUT_MS }, () =>
  workerAndSimulator({
    PUBSUB_EMULATOR_HOST: inject('emulatorHost'),
    PUBSUB_PROJECT_ID: uniqueName('lms-e2e'),
  }),
);
