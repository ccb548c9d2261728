import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A proxy that gives a server a path of its own and takes it off again; everything else is 404. It says whom it
 * asks for, as proxies do. Returns where the server is then, with a slash at the end; ends with the test.
 */
export async function startPrefixProxy(upstream: string, prefix: `/${string}/`): Promise<string> {
  const { port: upstreamPort } = new URL(upstream);
  const server = createServer((incoming, response) => {
    const { url = '', method, headers, socket } = incoming;
    if (!url.startsWith(prefix)) {
      response.writeHead(404).end();
      return;
    }
    const outgoing = request({
      host: '127.0.0.1',
      port: upstreamPort,
      method,
      path: url.slice(prefix.length - 1),
      headers: { ...headers, 'x-forwarded-for': socket.remoteAddress },
    });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`;
}
