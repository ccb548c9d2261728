import { resolve } from 'node:path';
import { Complaint, type Read } from './quantities.ts';

/** What an input is read from. */
export type Target =
  | { readonly kind: 'stdin' }
  | { readonly kind: 'files'; readonly pattern: string }
  | { readonly kind: 'tcp' | 'tcp-listen' | 'udp-listen'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

const SCHEME = /^([a-z][a-z0-9+-]*):\/\/(.*)$/is;
const ADDRESS = /^(?:\[([0-9a-f:.%\w]+)\]|([^:[\]/]*)):(\d{1,5})\/?$/i;
const KINDS = ['tcp', 'tcp-listen', 'udp-listen'] as const;
/** Of sun_path in Linux, with the NUL at its end. */
const MAX_SOCKET_PATH_BYTES = 107;

/** Reads what an input is named by: `-`, an address with its scheme, or the path of a file, directory or glob. */
export function readTarget(text: string): Read<Target> {
  if (text === '-') return { kind: 'stdin' };
  if (text === '')
    return new Complaint('It is empty: it should be a path, an address, or - for standard input.');
  if (text.includes('\0')) return new Complaint('No path has a NUL in it.');
  if (/^~(?:\/|$)/.test(text))
    return new Complaint(
      'Only a shell replaces a ~: it should be the whole path, such as /home/ada/app.log.',
    );
  const [, scheme, rest = ''] = SCHEME.exec(text) ?? [];
  if (scheme === undefined) return { kind: 'files', pattern: text };
  const name = scheme.toLowerCase();
  if (name === 'unix') return socketPath(rest);
  const kind = KINDS.find((each) => each === name);
  if (kind === undefined)
    return new Complaint(
      `There is no ${scheme}://: there are tcp://host:port, tcp-listen://, udp-listen://, unix:///path, paths of files, and -.`,
    );
  return address(kind, rest);
}

/** What two targets have in common that are the same, however they are written. */
export function targetKey(target: Target): string {
  switch (target.kind) {
    case 'stdin':
      return '-';
    case 'files':
      return resolve(target.pattern);
    case 'unix':
      return `unix://${target.path}`;
    case 'tcp':
    case 'tcp-listen':
    case 'udp-listen':
      return `${target.kind}://${target.host}:${target.port}`;
  }
}

function address(kind: (typeof KINDS)[number], rest: string): Read<Target> {
  const [, ipv6, name, digits] = ADDRESS.exec(rest) ?? [];
  const host = ipv6 ?? name ?? '';
  const port = Number(digits);
  const listens = kind !== 'tcp';
  if (
    digits === undefined ||
    port > 65_535 ||
    (port === 0 && !listens) ||
    (['', '*'].includes(host) && !listens)
  )
    return new Complaint(`It should be ${kind}://host:port, such as ${kind}://127.0.0.1:5140.`);
  // Whoever leaves the host out means all of the machine's own addresses.
  return { kind, host: host === '' || host === '*' ? '::' : host, port };
}

function socketPath(path: string): Read<Target> {
  if (!path.startsWith('/'))
    return new Complaint('It should be unix:// and a whole path, such as unix:///run/lms.sock.');
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES)
    return new Complaint(`The path of a socket has at most ${MAX_SOCKET_PATH_BYTES} bytes.`);
  return { kind: 'unix', path };
}
