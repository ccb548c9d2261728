/** How much the connection to MySQL insists on TLS; the words of MySQL's own clients. */
const SSL_MODES = ['disabled', 'preferred', 'required', 'verify-ca', 'verify-identity'] as const;
type SslMode = (typeof SSL_MODES)[number];

/** A MySQL database, or one that speaks its protocol. Paths of certificates are taken as they stand. */
interface MySqlTarget {
  readonly kind: 'mysql';
  readonly host: string;
  readonly port: number;
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

/** Why a text names no database: it continues the sentence "DATABASE_URL …" and holds no part of a password. */
export interface InvalidUrl {
  readonly kind: 'invalid';
  readonly reason: string;
}

const PARAMETERS = ['ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key'];
const FORM = 'mysql://user:password@host:port/database';
const ENCODE = 'in a user or password, write % as %25, # as %23, / as %2F, ? as %3F and @ as %40';

/** Reads `mysql://user:password@host:port/database?ssl-mode=…` (percent-encoded) or `sqlite:path` (as it stands). */
export function parseDatabaseUrl(text: string): DatabaseTarget | InvalidUrl {
  if (text.startsWith('sqlite:')) return parseSqlite(text.slice('sqlite:'.length));
  if (text.startsWith('mysql://')) return parseMySql(text);
  return invalid(`does not begin with mysql:// or sqlite: (${FORM}, or sqlite:path)`);
}

/** The URL as it may be shown: no password, and nothing at all after the scheme if it is unclear where that stands. */
export function hidePassword(text: string): string {
  if (text.startsWith('sqlite:')) return text;
  const url = splitUrl(text);
  if (url === undefined) return `${/^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? ''}…`;
  const credentials = url.password === '' ? url.username : `${url.username}:***`;
  const at = credentials === '' ? '' : '@';
  return `${url.protocol}//${credentials}${at}${url.host}${url.pathname}${hideUnknown(url.search)}`;
}

/** Values of parameters that we don't know: one may be a password that somebody put there. */
function hideUnknown(search: string): string {
  return search.replace(/(?<=[?&])(?!ssl-(?:mode|ca|cert|key)=)([^=&]*)=[^&]*/g, '$1=***');
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
  const [user, password, database] = [url.username, url.password, url.pathname.slice(1)].map(decode);
  if (user === undefined || password === undefined || database === undefined) {
    return invalid(`has a % that is not followed by two hexadecimal digits of UTF-8; ${ENCODE}`);
  }
  if (url.hostname === '') return invalid(`names no host: ${FORM}`);
  if (user === '') return invalid(`names no user: ${FORM}`);
  if (database === '') return invalid(`names no database: ${FORM}`);
  if (database.includes('/')) return invalid(`has more than a database name after the host: ${FORM}`);
  const tls = parseTls(url.search);
  if ('reason' in tls) return tls;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { kind: 'mysql', host, port: Number(url.port || 3306), user, password, database, ...tls };
}

type Tls = Pick<MySqlTarget, 'sslMode' | 'sslCa' | 'sslCert' | 'sslKey'>;

function parseTls(search: string): Tls | InvalidUrl {
  // A plus is a plus in a path; URLSearchParams would make a space of it.
  const parameters = new URLSearchParams(search.replaceAll('+', '%2B'));
  const unknown = [...parameters.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined)
    return invalid(`has the unknown parameter ${unknown}: known are ${PARAMETERS.join(', ')}`);
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

/** Undefined if it is no URL, or if a special character in the password may have been taken for the end of the host. */
function splitUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const rest = url.pathname + url.search + url.hash;
  return url.protocol !== 'mysql:' || rest.includes('@') || url.hash !== '' ? undefined : url;
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
