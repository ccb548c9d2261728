import { LmsError } from '../../src/errors/catalogue.ts';
import type { PubSubTarget } from '../../src/pubsub/client.ts';

/**
 * The project that GCP_TEST_PROJECT names: of Google Cloud, or of an emulator if PUBSUB_EMULATOR_HOST names
 * one, to see that the tests themselves are right. Throws `LmsError` SETTINGS if none is named.
 */
export function testProject(): PubSubTarget & { readonly projectId: string } {
  const { GCP_TEST_PROJECT: projectId, PUBSUB_EMULATOR_HOST: emulatorHost } = process.env;
  if (!projectId) {
    throw new LmsError(
      'SETTINGS',
      'GCP_TEST_PROJECT is not set: name a project of Google Cloud whose Pub/Sub the tests may use; they delete what they create',
    );
  }
  return { projectId, ...(emulatorHost && { emulatorHost }) };
}
