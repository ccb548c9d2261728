import { isIPv6 } from 'node:net';

/** How much the connection to MySQL insists on TLS; the words of MySQL's own clients. */
const SSL_MODES = ['disabled', 'preferred', 'required', 'verify-ca', 'verify-identity'] as const;
type SslMode = (typeof SSL_MODES)[number];

/*
 * The same targets are in src/store/connection-target.ts. Neither room may import the other, so each says
 * what it needs; the compiler holds them together wherever settings are given to `openStore`.
 */

type MySqlAddress = { readonly host: string; readonly port: number } | { readonly socketPath: string };

/** A MySQL database, or one that speaks its protocol. Paths of certificates are taken as they stand. */
interface MySqlTarget {
  readonly kind: 'mysql';
  readonly addresses: readonly MySqlAddress[];
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly sslMode: SslMode;
  readonly sslCa?: string;
  readonly sslCert?: string;
  readonly sslKey?: string;
}

/** A SQLite file. */
interface SqliteTarget {
  readonly kind: 'sqlite';
  readonly path: string;
}

/** What DATABASE_URL names. */
export type DatabaseTarget = MySqlTarget | SqliteTarget;

/**
 * Why a text names no database: it continues the sentence "DATABASE_URL …" and holds no part of a password.
 */
export interface InvalidUrl {
  readonly kind: 'invalid';
  readonly reason: string;
}

const TLS_PARAMETERS = ['ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key'];
const SOCKET_PARAMETERS = ['socket', 'socketPath'];
const PARAMETERS = [...TLS_PARAMETERS, ...SOCKET_PARAMETERS];
const DEFAULT_PORT = 3306;
const FORM = 'mysql://user:password@host:port/database';
const SOCKET_FORM = 'mysql://user:password@/database?socket=/path';
const ENCODE = 'in a user or password, write % as %25, # as %23, / as %2F, ? as %3F and @ as %40';

/**
 * Reads `mysql://user:password@host:port,host:port/database?ssl-mode=…` (percent-encoded; one host or more),
 * the same with no host and `?socket=path`, or `sqlite:path` (as it stands).
 */
export function parseDatabaseUrl(text: string): DatabaseTarget | InvalidUrl {
  if (text.startsWith('sqlite:')) return parseSqlite(text.slice('sqlite:'.length));
  if (text.startsWith('mysql://')) return parseMySql(text);
  return invalid(`does not begin with mysql:// or sqlite: (${FORM}, or sqlite:path)`);
}

/**
 * The URL as it may be shown: no password, and nothing at all after the scheme if it is unclear where that
 * stands.
 */
export function hidePassword(text: string): string {
  if (text.startsWith('sqlite:')) return text;
  const url = splitUrl(text);
  if (url === undefined) return `${/^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? ''}…`;
  const { scheme, user, password, hosts, path, search } = url;
  const credentials = password === '' ? user : `${user}:***`;
  return `${scheme}://${credentials}${credentials === '' ? '' : '@'}${hosts}${path}${hideUnknown(search)}`;
}

/** Values of parameters that we don't know: one may be a password that somebody put there. */
function hideUnknown(search: string): string {
  return search.replace(
    /(?<=[?&])(?!(?:ssl-(?:mode|ca|cert|key)|socket|socketPath)=)([^=&]*)=[^&]*/g,
    '$1=***',
  );
}

function parseSqlite(path: string): DatabaseTarget | InvalidUrl {
  if (path === '') return invalid('names no file: sqlite:path');
  if (path === ':memory:')
    return invalid('would keep nothing: the data would be gone with the process; name a file');
  if (path.startsWith('//'))
    return invalid('is written sqlite:relative/path or sqlite:/absolute/path, without //');
  return { kind: 'sqlite', path };
}

function parseMySql(text: string): DatabaseTarget | InvalidUrl {
  const url = splitUrl(text);
  if (url === undefined) return invalid(`is not ${FORM}; ${ENCODE}`);
  const [user, password, database] = [url.user, url.password, url.path.slice(1)].map(decode);
  if (user === undefined || password === undefined || database === undefined) {
    return invalid(`has a % that is not followed by two hexadecimal digits of UTF-8; ${ENCODE}`);
  }
  // Paths may hold a plus, which URLSearchParams would read as a space.
  const parameters = new URLSearchParams(url.search.replaceAll('+', '%2B'));
  const server = parseServer(url.addresses, parameters);
  if ('reason' in server) return server;
  if (user === '') return invalid(`names no user: ${FORM}`);
  if (database === '') return invalid(`names no database: ${FORM}`);
  if (database.includes('/')) return invalid(`has more than a database name after the host: ${FORM}`);
  const unknown = [...parameters.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined)
    return invalid(`has the unknown parameter ${unknown}: known are ${PARAMETERS.join(', ')}`);
  return { kind: 'mysql', user, password, database, ...server };
}

type Tls = Pick<MySqlTarget, 'sslMode' | 'sslCa' | 'sslCert' | 'sslKey'>;
type Server = Tls & Pick<MySqlTarget, 'addresses'>;

/** The hosts, or the Unix socket that the parameters name instead of them. */
function parseServer(hosts: readonly MySqlAddress[], parameters: URLSearchParams): Server | InvalidUrl {
  const [socketPath, ...others] = SOCKET_PARAMETERS.flatMap((name) => parameters.getAll(name));
  if (socketPath === undefined) {
    if (hosts.length === 0) return invalid(`names no host: ${FORM}`);
    const tls = parseTls(parameters);
    return 'reason' in tls ? tls : { addresses: hosts, ...tls };
  }
  if (hosts.length > 0 || others.length > 0 || !socketPath.startsWith('/'))
    return invalid(`names a socket by one absolute path and without a host: ${SOCKET_FORM}`);
  if (TLS_PARAMETERS.some((name) => parameters.has(name)))
    return invalid('names a socket, over which there is no TLS: leave the ssl parameters out');
  return { addresses: [{ socketPath }], sslMode: 'disabled' };
}

function parseTls(parameters: URLSearchParams): Tls | InvalidUrl {
  const [sslCa, sslCert, sslKey] = ['ssl-ca', 'ssl-cert', 'ssl-key'].map(
    (name) => parameters.get(name) ?? undefined,
  );
  if ((sslCert === undefined) !== (sslKey === undefined))
    return invalid('needs ssl-cert and ssl-key together');
  // As MySQL's own clients have it: whoever names an authority wants it checked.
  const wanted = parameters.get('ssl-mode') ?? (sslCa === undefined ? 'preferred' : 'verify-ca');
  const sslMode = SSL_MODES.find((mode) => mode === wanted.toLowerCase().replace('_', '-'));
  if (sslMode === undefined) return invalid(`has an unknown ssl-mode: known are ${SSL_MODES.join(', ')}`);
  return {
    sslMode,
    ...(sslCa !== undefined && { sslCa }),
    ...(sslCert !== undefined && { sslCert }),
    ...(sslKey !== undefined && { sslKey }),
  };
}

/** Parts of a URL of a server, still percent-encoded. */
interface UrlParts {
  readonly scheme: string;
  readonly user: string;
  readonly password: string;
  /** Hosts with their ports, separated by commas; empty if there are none. */
  readonly hosts: string;
  readonly addresses: readonly MySqlAddress[];
  /** Empty, or from the slash on. */
  readonly path: string;
  /** Empty, or from the question mark on. */
  readonly search: string;
}

const URL_PARTS =
  /^([a-z][a-z0-9+.-]*):\/\/(?:([^/?#:]*)(?::([^/?#]*))?@)?([^@/?#]*)(\/[^?#@]*)?(\?[^#@]*)?$/i;
const HOST = /^([\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i;

/**
 * Undefined if it is no URL, or if a special character in the password may have been taken for the end of the
 * hosts.
 */
function splitUrl(text: string): UrlParts | undefined {
  const parts = URL_PARTS.exec(text.trim());
  if (parts === null) return undefined;
  const [, scheme = '', user = '', password = '', hosts = '', path = '', search = ''] = parts;
  const addresses = hosts === '' ? [] : hosts.split(',').map(parseHost);
  if (!addresses.every((address) => address !== undefined)) return undefined;
  return { scheme, user, password, hosts, addresses, path, search };
}

function parseHost(text: string): MySqlAddress | undefined {
  const [, name = '', digits = DEFAULT_PORT] = HOST.exec(text) ?? [];
  const host = name.replace(/^\[(.*)\]$/, '$1');
  const port = Number(digits);
  const isKnown = name.startsWith('[') ? isIPv6(host) : host !== '';
  return isKnown && port > 0 && port <= 65_535 ? { host, port } : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function invalid(reason: string): InvalidUrl {
  return { kind: 'invalid', reason };
}
