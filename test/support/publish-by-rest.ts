import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { PubSubClients } from '../../src/pubsub/client.ts';

/** The body of a request, as Pub/Sub's REST API has it. */
interface PublishBody {
  readonly messages: readonly {
    readonly data: string;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
}

/**
 * `host:port` of a server that takes `POST /v1/projects/…/topics/…:publish` and publishes by gRPC: what
 * Google's emulator does on its own port, for runs in which our broker stands in for it. A topic that is not
 * there, or another request, is a 404.
 */
export async function publishByRest(clients: PubSubClients): Promise<AsyncDisposable & { address: string }> {
  const server = createServer((request, response) => {
    const topic = /^\/v1\/(projects\/[^/]+\/topics\/[^/:]+):publish$/.exec(request.url ?? '')?.[1];
    const answer = async () => {
      if (topic === undefined || request.method !== 'POST') return response.writeHead(404).end();
      const { messages } = (await json(request)) as PublishBody;
      const decoded = messages.map(({ data, attributes }) => ({
        data: Buffer.from(data, 'base64'),
        attributes,
      }));
      const [result] = await clients.publisher().publish({ topic, messages: decoded });
      return response.end(JSON.stringify(result));
    };
    answer().catch((error: unknown) => response.writeHead(404).end(String(error)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
