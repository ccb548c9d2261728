import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';

/** What the system says of its sockets; the last column is how many datagrams each had no room for. */
const TABLES = { IPv4: '/proc/net/udp', IPv6: '/proc/net/udp6' };
const WORD_BYTES = 4;

/** Where a socket of UDP is bound. */
export interface BoundAt {
  readonly address: string;
  readonly family: string;
  readonly port: number;
}

/** Datagrams that the system had no room for, of a socket that is bound there; undefined where it does not say. */
export async function droppedDatagrams({ address, family, port }: BoundAt): Promise<number | undefined> {
  const table = family === 'IPv6' ? TABLES.IPv6 : TABLES.IPv4;
  const text = await readFile(table, 'utf8').catch(() => '');
  const local = `${hexAddress(address, family)}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of text.split('\n')) {
    const columns = line.trim().split(/\s+/);
    const drops = Number(columns.at(-1));
    if (columns[1] === local && Number.isSafeInteger(drops)) return drops;
  }
  return undefined;
}

/** An address as the tables have it: words of 32 bits, each in the order of this machine. */
function hexAddress(address: string, family: string): string {
  const bytes = Buffer.from(family === 'IPv6' ? bytesOfIpv6(address) : address.split('.').map(Number));
  if (endianness() === 'LE' && bytes.length % WORD_BYTES === 0) bytes.swap32();
  return bytes.toString('hex').toUpperCase();
}

function bytesOfIpv6(address: string): number[] {
  const [plain = ''] = address.split('%');
  const [front = '', back] = plain.split('::');
  const [before, after] = [groupsOf(front), groupsOf(back ?? '')];
  const gap = back === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array.from({ length: gap }, () => 0), ...after].flatMap((group) => [
    group >> 8,
    group & 0xff,
  ]);
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}
