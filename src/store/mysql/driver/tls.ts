import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { SslOptions } from 'mysql2';
import { LmsError } from '../../../errors/catalogue.ts';
import { addressText, type MySqlTarget } from '../../connection-target.ts';

/**
 * mysql2's `ssl` option for the target, or undefined for a plain connection. With `preferred` it is what to
 * try first. Throws SETTINGS if a file cannot be read, or if a host's identity is to be verified that has no
 * name.
 */
export async function tlsOptions(target: MySqlTarget): Promise<SslOptions | undefined> {
  if (target.sslMode === 'disabled') return undefined;
  const verifyIdentity = target.sslMode === 'verify-identity';
  const nameless = target.addresses.find((address) => 'socketPath' in address || isIP(address.host) !== 0);
  if (verifyIdentity && nameless !== undefined) {
    // mysql2 compares a certificate with host names only; for an address it would check the name localhost.
    throw new LmsError(
      'SETTINGS',
      `DATABASE_URL: ssl-mode=verify-identity needs a host name, not ${addressText(nameless)}`,
    );
  }
  const [ca, cert, key] = await Promise.all([
    pem('ssl-ca', target.sslCa),
    pem('ssl-cert', target.sslCert),
    pem('ssl-key', target.sslKey),
  ]);
  return {
    rejectUnauthorized: verifyIdentity || target.sslMode === 'verify-ca',
    verifyIdentity,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

async function pem(parameter: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new LmsError('SETTINGS', `DATABASE_URL: cannot read the file of ${parameter}, ${path} (${code})`, {
      cause,
    });
  }
}
