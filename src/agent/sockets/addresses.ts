import { isIPv6 } from 'node:net';

/** All addresses of a machine, of IPv6 and of IPv4. */
const ALL = '::';
const ALL_OF_IPV4 = '0.0.0.0';
const WITHOUT_IPV6: ReadonlySet<unknown> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EPROTONOSUPPORT']);
const MAPPED = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** An address and a port as they are written: `127.0.0.1:514`, `[::1]:514`. */
export function addressText(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whoever sends: one of IPv4 by his own address, also where it came by a socket of IPv6. */
export function peerName(address: string | undefined): string | undefined {
  return address?.replace(MAPPED, '');
}

/** Listens at a host. Where a machine has no IPv6, all of its addresses are those of IPv4. Rejects as `listen` does. */
export async function listenAtHost(host: string, listen: (host: string) => Promise<void>): Promise<void> {
  try {
    await listen(host);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (host !== ALL || !WITHOUT_IPV6.has(code)) throw error;
    await listen(ALL_OF_IPV4);
  }
}
