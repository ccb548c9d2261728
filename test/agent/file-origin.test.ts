import { describe, expect, it } from 'vitest';
import { fileOrigin } from '../../src/agent/file-origin.ts';
import type { ReadOptions } from '../../src/agent/ports.ts';

const ID = 'ab12'.repeat(16);
const READ: ReadOptions = {
  service: undefined,
  host: 'web-1',
  format: 'auto',
  multiline: 'off',
  tags: { agent: 'a' },
};

describe('what the path of a file says', () => {
  it.each([
    ['/var/log/nginx/access.log', 'access'],
    ['/var/log/syslog', 'syslog'],
    ['/var/log/syslog.1', 'syslog'],
    ['/var/log/app-20261105.log.gz', 'app'],
    ['/var/log/2026.log', '2026'],
    ['/var/log/.hidden', 'files'],
    [`/x/${'long'.repeat(60)}`, 'long'.repeat(25)],
  ])('%s is of the service %s, if nobody names one', (path, service) => {
    expect(fileOrigin(READ, path)).toEqual({ service, host: 'web-1', tags: { agent: 'a', file: path } });
    expect(fileOrigin({ ...READ, service: 'shop' }, path).service).toBe('shop');
  });

  it.each([
    `/var/log/containers/cart-7d9f-x2_shop_web-app-${ID}.log`,
    '/var/log/pods/shop_cart-7d9f-x2_0b5c-77/web-app/0.log',
    '/var/log/pods/shop_cart-7d9f-x2_0b5c-77/web-app/0.log.20261105-134500.gz',
  ])('%s names a container, its pod and its namespace', (path) => {
    expect(fileOrigin(READ, path)).toEqual({
      service: 'web-app',
      host: 'web-1',
      tags: { agent: 'a', file: path, container: 'web-app', namespace: 'shop', pod: 'cart-7d9f-x2' },
    });
  });

  it('of Docker has the short id of the container', () => {
    const path = `/var/lib/docker/containers/${ID}/${ID}-json.log`;
    const id = ID.slice(0, 12);
    expect(fileOrigin(READ, path)).toMatchObject({ service: id, tags: { container_id: id } });
  });

  it('stands behind tags that somebody has named', () => {
    const path = '/var/log/pods/shop_cart_0b5c/web/0.log';
    expect(fileOrigin({ ...READ, tags: { pod: 'own' } }, path).tags).toMatchObject({ pod: 'own' });
  });
});
