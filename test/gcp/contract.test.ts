import { PubSub } from '@google-cloud/pubsub';
import { inject } from 'vitest';
import { connectPubSub } from '../../src/pubsub/client.ts';
import { pubsubContract } from '../contract/pubsub.contract.ts';
import { SERVICE } from '../contract/pubsub-quirks.ts';
import { uniqueName } from '../support/names.ts';
import { testProject } from './project.ts';

const target = testProject();
const { projectId, emulatorHost } = target;
const prefix = inject('gcpPrefix');

pubsubContract({
  name: `Pub/Sub in the project ${projectId}`,
  quirks: SERVICE,
  connect: () => connectPubSub(target),
  library: () =>
    new PubSub({
      projectId,
      ...(emulatorHost !== undefined && { apiEndpoint: emulatorHost, emulatorMode: true }),
    }),
  uniqueName: (kind) => uniqueName(`${prefix}-${kind}`),
});
