import { BlockList, isIP, isIPv4 } from 'node:net';

/** Addresses and networks (`10.0.0.0/8`), as a question to each address. */
export function addressMatcher(list: readonly string[]): (address: string | undefined) => boolean {
  const known = new BlockList();
  for (const each of list) {
    const [network = '', length] = each.split('/');
    const family = isIPv4(network) ? 'ipv4' : 'ipv6';
    if (length === undefined) known.addAddress(network, family);
    else known.addSubnet(network, Number(length), family);
  }
  return (address = '') => {
    // As a socket for both families says it.
    const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, '');
    if (isIP(plain) === 0) return false;
    return known.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  };
}
