import { describe } from 'vitest';
import { exactlyOnceContract } from './pubsub-exactly-once.contract.ts';
import { libraryContract } from './pubsub-library.contract.ts';
import { publishingContract } from './pubsub-publishing.contract.ts';
import { pullingContract } from './pubsub-pulling.contract.ts';
import { resourcesContract } from './pubsub-resources.contract.ts';
import { seekingContract } from './pubsub-seeking.contract.ts';
import { streamingContract } from './pubsub-streaming.contract.ts';
import type { PubSubServer } from './pubsub-subject.ts';

/** What LMS relies on of Pub/Sub: one suite for the embedded broker and for Google's emulator. */
export function pubsubContract(server: PubSubServer): void {
  describe(server.name, () => {
    resourcesContract(server);
    publishingContract(server);
    pullingContract(server);
    streamingContract(server);
    seekingContract(server);
    exactlyOnceContract(server);
    libraryContract(server);
  });
}
