import { isIPv4, isIPv6 } from 'node:net';

/** Whether an address, or the name of a host, is this machine for itself alone. */
export function isLoopback(host: string): boolean {
  if (isIPv4(host)) return host.startsWith('127.');
  return host === 'localhost' || (isIPv6(host) && /^(0*:)*0*1$/.test(host));
}

/** The host of a `Host` header, without its port and brackets; undefined if it is none. */
export function hostOf(header: string | undefined): string | undefined {
  const match = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(header ?? '');
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}
