import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MySqlTarget } from '../../../../src/store/connection-target.ts';
import { tlsOptions } from '../../../../src/store/mysql/driver/tls.ts';

const TARGET: MySqlTarget = {
  kind: 'mysql',
  addresses: [{ host: 'db.example', port: 3306 }],
  user: 'lms',
  password: '',
  database: 'lms',
  sslMode: 'disabled',
};

describe('TLS as ssl-mode asks for it', () => {
  it.each([
    ['preferred', { rejectUnauthorized: false, verifyIdentity: false }],
    ['required', { rejectUnauthorized: false, verifyIdentity: false }],
    ['verify-ca', { rejectUnauthorized: true, verifyIdentity: false }],
    ['verify-identity', { rejectUnauthorized: true, verifyIdentity: true }],
  ] as const)('%s', async (sslMode, options) => {
    expect(await tlsOptions({ ...TARGET, sslMode })).toEqual(options);
  });

  it('disabled is no TLS', async () => {
    expect(await tlsOptions(TARGET)).toBeUndefined();
  });

  it('certificates are read from their files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lms-tls-'));
    const [sslCa, sslCert, sslKey] = ['ca', 'cert', 'key'].map((name) => join(folder, name));
    if (sslCa === undefined || sslCert === undefined || sslKey === undefined) throw new Error('no paths');
    await Promise.all([writeFile(sslCa, 'CA'), writeFile(sslCert, 'CERT'), writeFile(sslKey, 'KEY')]);
    expect(await tlsOptions({ ...TARGET, sslMode: 'verify-ca', sslCa, sslCert, sslKey })).toMatchObject({
      ca: 'CA',
      cert: 'CERT',
      key: 'KEY',
    });
    await rm(folder, { recursive: true });
  });

  it('a certificate that cannot be read is a fault of the settings', async () => {
    const target: MySqlTarget = { ...TARGET, sslMode: 'required', sslCa: '/no/such/ca.pem' };
    await expect(tlsOptions(target)).rejects.toMatchObject({
      code: 'SETTINGS',
      message: expect.stringContaining('ssl-ca, /no/such/ca.pem (ENOENT)') as string,
    });
  });

  it('an address has no name to verify', async () => {
    const target: MySqlTarget = {
      ...TARGET,
      addresses: [...TARGET.addresses, { host: '10.0.0.1', port: 3306 }],
      sslMode: 'verify-identity',
    };
    await expect(tlsOptions(target)).rejects.toMatchObject({ code: 'SETTINGS' });
  });
});
