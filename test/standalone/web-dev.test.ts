import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createServer as createViteServer } from 'vite';
import { expect, it, onTestFinished } from 'vitest';

const WEB = fileURLToPath(new URL('../../packages/web/', import.meta.url));

it('whoever works on the page has it from its sources, on the data of the server that LMS_URL names', async () => {
  const upstream = createServer(({ url, headers }, response) => {
    response.end(JSON.stringify([url, headers.host]));
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    upstream.closeAllConnections();
    upstream.close();
  });
  const host = `127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  process.env['LMS_URL'] = `http://${host}`;
  const vite = await createViteServer({
    root: WEB,
    configFile: `${WEB}vite.config.ts`,
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 0 },
    // Nothing is bundled in advance, or written, for one request.
    optimizeDeps: { noDiscovery: true, include: [] },
  });
  onTestFinished(() => vite.close());
  await vite.listen();
  const { port } = vite.httpServer?.address() as AddressInfo;
  const get = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept: 'text/html,*/*' } });
  expect(await (await get('/?q=order')).text()).toContain('/src/main.tsx');
  for (const path of ['/api/v1/entries?q=order', '/livez', '/readyz'])
    expect(await (await get(path)).json()).toEqual([path, host]);
});
