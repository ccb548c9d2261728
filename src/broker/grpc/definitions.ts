import { createRequire } from 'node:module';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

/** Pub/Sub's services as the client library describes them. */
export interface PubSubDefinitions {
  readonly publisher: ServiceDefinition;
  readonly subscriber: ServiceDefinition;
}

/**
 * Loads the services' description out of the client library. Messages become plain objects, except where
 * thousands of them pass: there the methods get and give the encoded bytes.
 */
export function loadDefinitions(): PubSubDefinitions {
  const require = createRequire(import.meta.url);
  const json = require('@google-cloud/pubsub/build/protos/protos.json') as Parameters<typeof fromJSON>[0];
  const loaded = fromJSON(json, { longs: Number, enums: String, defaults: true });
  const publisher = loaded['google.pubsub.v1.Publisher'] as ServiceDefinition;
  const subscriber = loaded['google.pubsub.v1.Subscriber'] as ServiceDefinition;
  return {
    publisher: withMethods(publisher, {
      Publish: { requestDeserialize: asBytes, responseSerialize: asBytes },
    }),
    subscriber: withMethods(subscriber, {
      StreamingPull: { responseSerialize: asBytes },
      Pull: { responseSerialize: asBytes },
      Acknowledge: { requestDeserialize: asBytes },
    }),
  };
}

type Changes = Record<string, Partial<MethodDefinition<Buffer, Buffer>>>;

function withMethods(definition: ServiceDefinition, changes: Changes): ServiceDefinition {
  const methods = Object.entries(definition).map(([name, method]) => [name, { ...method, ...changes[name] }]);
  return Object.fromEntries(methods) as ServiceDefinition;
}

function asBytes(bytes: Buffer): Buffer {
  return bytes;
}
