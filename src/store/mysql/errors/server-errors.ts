import type { Verdict } from '../../../pipeline/ports.ts';
import type { DriverError } from './driver-error.ts';

type Numbers = number | readonly [from: number, to: number];
type Case = readonly [
  errnos: readonly Numbers[],
  /** `row alone`: a `row` that no table would take. */
  verdict: Verdict | 'row alone',
  meaning: string,
  /** Which of them are meant, where one number has several meanings. */
  only?: (failure: DriverError) => boolean,
];

const ofState = (state: string) => (failure: DriverError) => failure.sqlState === state;
const ofText = (text: RegExp) => (failure: DriverError) => text.test(failure.message);

const READ_ONLY = 'the server is read-only, as during a failover';
const NOT_INNODB =
  'the tables of LMS must all be InnoDB, with their primary keys; the log of the server says more';
const INSECURE =
  'the server takes only encrypted connections: set ssl-mode=required, or a mode that verifies its certificate';
const RESTORE = 'a table or the storage engine is damaged or locked up: the log of the server says more';

/**
 * The errors that a connection or a write can meet; the first case that fits counts. Numbers: the error
 * references of MySQL and MariaDB; 1 to 999: of the files below; 2000 to 2999: of the client library, which
 * proxies pass on (MySQL Router says 2003 while there is no primary); 8000 and up: TiDB and, with another
 * SQLSTATE, ProxySQL.
 *
 * Transient is what passes by itself, and what a person can end without a restart of the worker: the messages
 * are kept, and the outage is logged for as long as it lasts.
 */
const SERVER_ERRORS: readonly Case[] = [
  // Other writers, other nodes of the cluster.
  [[1213], 'transient', 'a deadlock with another writer, or a conflict between nodes of a cluster'],
  [[1205, 3572, 1689, 8229, 9004], 'transient', 'another writer held a lock for too long'],
  [[1020, 8002, 8005, 8147, 9007], 'transient', 'a conflict with another writer'],
  [[1180, 8022], 'transient', 'the commit failed on a node of the cluster, and was rolled back'],
  [
    [3100],
    'transient',
    'the commit was refused by the replication group; if it goes on, raise group_replication_transaction_size_limit or lower BATCHSIZE',
  ],
  [[3101], 'transient', 'the commit was rolled back by the replication group'],
  [[[3796, 3799]], 'transient', 'this member of the replication group is joining, leaving or behind'],
  [[1206, 1637], 'transient', 'too many locks or transactions at once'],
  [[1223], 'transient', 'the tables are locked for a backup'],
  [
    [1412, 1615, 8020, 8027, 8028, [8042, 8046], 8113, 8201, 8206, 8211],
    'transient',
    'a table was altered meanwhile',
  ],
  [[1243, 8111], 'transient', 'the server has forgotten a prepared statement, as a proxy may'],

  // Limits.
  [[1461], 'transient', 'the server holds too many prepared statements: raise max_prepared_stmt_count'],
  [[1040, 1203], 'transient', 'too many connections'],
  [[1226], 'transient', 'a limit of this user is used up'],
  [
    [1129],
    'transient',
    'the server blocks this host after too many broken connections, until FLUSH HOSTS (mysqladmin flush-hosts)',
  ],
  [[1135], 'transient', 'the server cannot start another thread'],
  [[1969, 3024, 1907], 'transient', 'the statement took longer than the server allows'],
  [[8253, 8254], 'transient', 'a QUERY_LIMIT of a resource group of TiDB stops our statements'],
  [[8251, 8252], 'transient', 'the resource group of this user is used up or not available'],
  [
    [1037, 1038, 1041, 3950, 4082, 4083, 8001, 8175, 8176, 8180],
    'transient',
    'the server is out of the memory that it allows',
  ],
  [[1030], 'row', 'the row is too large', ofText(/\berror 139\b/)],
  [
    [1021, 1026, 1030, 1114, 1534, 1598, 1810, 1811, 3675, [1, 999]],
    'transient',
    'the server cannot use its disk: most likely it is full',
  ],
  [
    [1034, 1194, 1195, 1712, 1812, 1814, 1817, 1881, 1932, 8003, 8133, 8134, [8138, 8141], 8223],
    'transient',
    RESTORE,
  ],

  // Away, read-only, elsewhere.
  [[1047], 'transient', 'this node of the cluster is not ready'],
  [[1053, 3032, 3168], 'transient', 'the server is shutting down or takes no connections'],
  [
    [1184],
    'transient',
    'the server ends new connections of this user, as it does when its init_connect fails',
  ],
  [[1317, 1927, 3169, 4031], 'transient', 'the statement or the connection was ended by the server'],
  [[1290], 'transient', READ_ONLY, ofText(/read[-_ ]only/i)],
  [[1290], 'transient', 'an option that the server runs with forbids the statement'],
  [[1036, 1792, 1836, 1874, 3989], 'transient', READ_ONLY],
  [[1297, 1815], 'transient', 'the server has an error of its own, which passes'],
  [[1105], 'fatal', INSECURE, ofText(/insecure transport/)],
  [
    [1105],
    'fatal',
    'Vitess refuses the statement, a table or the user',
    ofText(/\bVT(03|05|06|07|12)\d{3}\b/),
  ],
  [[1105], 'transient', 'the server or the cluster failed in a way that it has no number for'],
  [[2049, 2054, 2058, 2059, 2061], 'fatal', 'a proxy cannot log in at the server behind it'],
  [[[2000, 2999]], 'transient', 'a proxy reaches no server, or has lost the one behind it'],
  [
    [9006],
    'fatal',
    'a query rule of ProxySQL sends our reads to another hostgroup: exempt this user from it',
    ofState('Y0000'),
  ],
  [
    [8021, 8024, 8049, [8053, 8057], 8120, [9000, 9999]],
    'transient',
    'a part of the cluster is not available',
    ({ sqlState }) => sqlState === undefined || sqlState === 'HY000',
  ],

  // The message, or what somebody has added to the table.
  [
    [1264, 1690],
    'transient',
    'a count is larger than its column: `lms repair` makes it right',
    ({ errno, message }) => errno === 1690 || /\bcolumn ['`](?:[^'`]*`\.`)*count['`]/.test(message),
  ],
  [[1406], 'row', 'a value is too long for its column'],
  [[1366], 'row', 'a value does not fit the type or character set of its column'],
  [[1292, 1265, 1411, 8031, 8034, 8036], 'row', 'a value does not fit the type of its column'],
  [[1264], 'row', 'a number is out of the range of its column'],
  [[1300, 3988], 'row', 'a text is not valid in the character set of its column'],
  [[1048], 'row', 'a column that must have a value has none'],
  [[1062], 'row', 'a unique key of this installation has the value already'],
  [[3819, 4025], 'row', 'a CHECK constraint refuses the row'],
  [[1526, 1748], 'row', 'no partition takes the row'],
  [[1644], 'row', 'a trigger of this installation refuses the row'],
  [[1118, 8025, 8178], 'row', 'the row is larger than the server takes'],
  [[3140], 'row alone', 'the tags are not JSON that the server accepts', ofText(/\bcolumn '(?:\w+\.)*tags'/)],
  [[3140], 'row', 'a value is not JSON, for a column that LMS has made with another type'],
  [[3150], 'row alone', 'the tags are too large for a JSON column'],
  [[3157], 'row alone', 'the tags are nested too deeply for a JSON column'],
  [[3151, 8129], 'row alone', 'the tags have a name that is too long for a JSON column'],
  [[1301], 'row alone', 'the tags are larger as a JSON value than max_allowed_packet'],
  // Such rows are refused before they are sent: a proxy says this, and it may say it of any.
  [[1153], 'row', 'the row is larger than max_allowed_packet'],
  [[1197, 8004], 'row', 'the rows together are larger than a transaction of the server may be'],

  // What only a person can end.
  [
    [1665],
    'fatal',
    'the server logs with binlog_format=STATEMENT, which takes no writes at READ COMMITTED: set binlog_format=ROW',
  ],
  [[3159], 'fatal', INSECURE],
  [[1178, 1785, 3098], 'fatal', NOT_INNODB],
  [[1267], 'fatal', 'a column of LMS has another collation than `lms migrate up` gave it'],
  [[1146], 'fatal', 'a table is missing: run `lms migrate up`'],
  [[1054], 'fatal', 'a column is missing: run `lms migrate up`'],
  [[1364], 'fatal', 'a column that LMS does not know has no default'],
  [[1049], 'fatal', 'the database is missing'],
  [[1044], 'fatal', 'the user may not use the database'],
  [[1045], 'fatal', 'user or password was refused'],
  [[1251], 'fatal', 'the server asks for a way to log in that is not supported'],
  [[1820, 1862], 'fatal', 'the password of the user has expired: set a new one'],
  [[1142, 1143, 8121], 'fatal', 'the user lacks a privilege on a table or column'],
];

/**
 * For numbers that the table lacks. Whole SQLSTATEs: interrupted, out of memory, read-only, refused by a
 * trigger. Classes: data (22), constraints (23), connection (08) and conflict (40). What is left is fatal:
 * nothing is lost by stopping, while taking an unknown outage for a bad row would empty the topic into the
 * dead letters, and retrying for ever would hide it.
 */
const SQLSTATES: Readonly<Record<string, Verdict>> = {
  '70100': 'transient',
  HY001: 'transient',
  '25006': 'transient',
  '45000': 'row',
  '22': 'row',
  '23': 'row',
  '08': 'transient',
  '40': 'transient',
};

/** What to do about an error of the server. */
export function serverVerdict(failure: DriverError): Verdict {
  const { sqlState = '', whileConnecting } = failure;
  const listed = caseOf(failure)?.[1];
  if (listed === 'row alone') return 'row';
  const known = listed ?? SQLSTATES[sqlState] ?? SQLSTATES[sqlState.slice(0, 2)];
  if (known !== undefined) return known;
  // Proxies have errors of their own for a server that is away, and some come before there is a SQLSTATE.
  return whileConnecting && (sqlState === '' || sqlState === 'HY000') ? 'transient' : 'fatal';
}

/** Whether an error of the verdict `row` comes of the row alone, however the table is. */
export function isOfRowAlone(failure: DriverError): boolean {
  return caseOf(failure)?.[1] === 'row alone';
}

/**
 * What an error of the server means. It holds nothing of the server's own text, in which values of a row may
 * stand.
 */
export function serverMeaning(failure: DriverError): string {
  return caseOf(failure)?.[2] ?? `MySQL error ${failure.errno}, SQLSTATE ${failure.sqlState ?? '?'}`;
}

function caseOf(failure: DriverError): Case | undefined {
  return SERVER_ERRORS.find(([errnos, , , only]) => {
    return errnos.some((numbers) => isAmong(failure.errno, numbers)) && (only?.(failure) ?? true);
  });
}

function isAmong(errno: number | undefined, numbers: Numbers): boolean {
  if (typeof numbers === 'number') return errno === numbers;
  return errno !== undefined && errno >= numbers[0] && errno <= numbers[1];
}
