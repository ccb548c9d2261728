import { inject, it } from 'vitest';
import { TIMEOUT_MS, workerAndSimulator } from '../../e2e/worker-and-simulator.ts';
import { testProject } from './project.ts';

const { projectId, emulatorHost } = testProject();
const prefix = inject('gcpPrefix');
/** How the processes sign in, where that is not in the home directory or the machine's own business. */
const SIGN_IN = ['GOOGLE_APPLICATION_CREDENTIALS', 'CLOUDSDK_CONFIG'];

it('worker and simulator in the project: published = rows = counts', { timeout: TIMEOUT_MS }, () =>
  workerAndSimulator(
    {
      ...signIn(),
      ...(emulatorHost !== undefined && { PUBSUB_EMULATOR_HOST: emulatorHost }),
      PUBSUB_PROJECT_ID: projectId,
      PUBSUB_TOPIC: `${prefix}-log-topic`,
      PUBSUB_SUBSCRIPTION: `${prefix}-log-sub`,
      DEAD_LETTER_TOPIC: `${prefix}-log-topic-dead-letter`,
      DEAD_LETTER_SUBSCRIPTION: `${prefix}-log-sub-dead-letter`,
    },
    'gcp-',
  ),
);

function signIn(): Record<string, string> {
  return Object.fromEntries(
    SIGN_IN.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
