import * as z from 'zod';
import { JOB_NAMES } from './job-names.ts';
import {
  allOrSomeOf,
  headerName,
  hostName,
  networks,
  oneOf,
  onOff,
  origins,
  pathPrefix,
  seconds,
  secret,
  serviceName,
  tokenText,
  wholeNumber,
  wordsOf,
} from './parsers.ts';
import { setting } from './setting.ts';

const GIBIBYTE = 1024 ** 3;
const PEBIBYTE = 1024 ** 5;

/** Where live tails come from. */
const TAIL_SOURCES = ['pubsub', 'poll', 'off'] as const;

/** The settings of `lms serve` and of those who ask it, in the order in which they are shown. */
export const SERVE_SETTINGS = {
  QUERIES_AT_ONCE: setting('queriesAtOnce', wholeNumber(1, 100), {
    flag: '--queries-at-once <n>',
    summary: 'questions that `lms serve` asks the database at once, each on its own connection',
    default: '4',
  }),
  QUERY_WAIT: setting('queryWaitMs', seconds(0.1, 60), {
    flag: '--query-wait <seconds>',
    summary: 'longest time that a question waits for its turn; then it is answered 503',
    default: '5',
  }),
  JOBS: setting('jobs', allOrSomeOf(JOB_NAMES), {
    flag: '--jobs <names>',
    summary: 'jobs that `lms serve` does beside answering: all, none, or names with commas',
    default: 'all',
    mayBeEmpty: true,
  }),
  WORDS_CPU_PERCENT: setting('wordsCpuPercent', wholeNumber(1, 100, 'percent'), {
    flag: '--words-cpu-percent <percent>',
    summary: 'share of the time that the index of words is worked on, by the job words or `lms index words`',
    default: '25',
  }),
  RETENTION: setting('retention', z.string().optional(), {
    flag: '--retention <rules>',
    summary:
      'rules of retention, such as `severity:debug=3d; *=365d`, for a database that never had any; unset: none',
  }),
  RETENTION_INTERVAL: setting('retentionIntervalMs', seconds(60, 43_200), {
    flag: '--retention-interval <seconds>',
    summary: 'time between two runs of the rules of retention, by the job retention or `lms retain --follow`',
    default: '3600',
  }),
  RETENTION_CPU_PERCENT: setting('retentionCpuPercent', wholeNumber(1, 100, 'percent'), {
    flag: '--retention-cpu-percent <percent>',
    summary: 'share of the time that a run works: it rests between its transactions',
    default: '50',
  }),
  RETENTION_MAX_BYTES: setting('retentionMaxBytes', wholeNumber(GIBIBYTE, PEBIBYTE, 'bytes').optional(), {
    flag: '--retention-max-bytes <bytes>',
    summary:
      'bytes of the table of entries, with its indexes, from which on the oldest are deleted whatever rules say; unset: any number',
  }),
  MAX_BODY_BYTES: setting('maxBodyBytes', wholeNumber(1024, GIBIBYTE, 'bytes'), {
    flag: '--max-body-bytes <bytes>',
    summary: 'largest body of a request that is read whole, unpacked; entries a line may be more',
    default: String(16 * 1024 ** 2),
  }),
  MAX_BYTES_IN_FLIGHT: setting('maxBytesInFlight', wholeNumber(1024 ** 2, 64 * GIBIBYTE, 'bytes'), {
    flag: '--max-bytes-in-flight <bytes>',
    summary: 'bytes that `lms serve` holds of all requests at once; more are answered 503',
    default: String(128 * 1024 ** 2),
  }),
  SERVE_HOST: setting('serveHost', hostName(), {
    flag: '--serve-host <address>',
    summary: 'address that `lms serve` listens on',
    default: '127.0.0.1',
  }),
  SERVE_PORT: setting('servePort', wholeNumber(0, 65_535), {
    flag: '--serve-port <n>',
    summary: 'its port; 0: any free one',
    default: '8080',
  }),
  TLS_CERT: setting('tlsCert', z.string().optional(), {
    flag: '--tls-cert <path>',
    summary: 'certificate that `lms serve` shows, with those that it needs, in PEM; unset: no TLS',
  }),
  TLS_KEY: setting('tlsKey', z.string().optional(), {
    flag: '--tls-key <path>',
    summary: 'the key of TLS_CERT, in PEM',
  }),
  TRUST_PROXY: setting('trustProxy', networks().optional(), {
    flag: '--trust-proxy <addresses>',
    summary: 'proxies whose X-Forwarded-… is believed: addresses or networks, with commas; unset: none',
  }),
  CORS_ORIGINS: setting('corsOrigins', origins().optional(), {
    flag: '--cors-origins <origins>',
    summary: 'pages of others that may ask `lms serve` from a browser, with a token; unset: none',
  }),
  ROOT_TOKEN: setting('rootToken', secret().optional(), {
    flag: '--root-token <secret>',
    summary: 'a token that may do everything, to make others with; unset: none',
    hide: () => '***',
  }),
  IDENTITY_HEADER: setting('identityHeader', headerName().optional(), {
    flag: '--identity-header <name>',
    summary: 'header in which a proxy of TRUST_PROXY says who asks; unset: none',
  }),
  IDENTITY_SCOPES: setting('identityScopes', wordsOf(['read', 'write', 'admin']), {
    flag: '--identity-scopes <scopes>',
    summary: 'what they may: read, write, admin, with commas',
    default: 'read',
  }),
  TOKEN_REQUESTS_PER_MINUTE: setting('tokenRequestsPerMinute', wholeNumber(1, 1_000_000).optional(), {
    flag: '--token-requests-per-minute <n>',
    summary: 'requests that each token has a minute; more are answered 429; unset: any number',
  }),
  QUERIES_AT_ONCE_PER_TOKEN: setting('queriesAtOncePerToken', wholeNumber(1, 100).optional(), {
    flag: '--queries-at-once-per-token <n>',
    summary: 'questions of one token that are put to the database at once',
    derived: 'half of QUERIES_AT_ONCE',
  }),
  LMS_TAIL: setting('tail', oneOf(TAIL_SOURCES), {
    flag: '--tail <source>',
    summary:
      'where live tails come from: pubsub, a subscription of their own; poll, the database once a second; off: nowhere',
    default: 'pubsub',
  }),
  TAIL_RING_SECONDS: setting('tailRingMs', seconds(1, 86_400), {
    flag: '--tail-ring-seconds <seconds>',
    summary: 'how long what came is kept in memory, for tails that were cut off',
    default: '300',
  }),
  TAIL_RING_BYTES: setting('tailRingBytes', wholeNumber(1024, 64 * GIBIBYTE, 'bytes'), {
    flag: '--tail-ring-bytes <bytes>',
    summary: 'memory that it takes at most',
    default: String(64 * 1024 ** 2),
  }),
  TAILS: setting('tails', wholeNumber(1, 100_000), {
    flag: '--tails <n>',
    summary: 'tails that are open at once; more are answered 503',
    default: '2000',
  }),
  TAILS_PER_TOKEN: setting('tailsPerToken', wholeNumber(1, 100_000), {
    flag: '--tails-per-token <n>',
    summary: 'tails of one token that are open at once; more are answered 429',
    default: '20',
  }),
  LMS_TOKEN: setting('token', secret().optional(), {
    flag: '--token <secret>',
    summary:
      'token that a server (--url) is asked with; better in the environment, where no list of processes has it',
    hide: () => '***',
  }),
  WAIT_FOR_STORED: setting('waitForStored', onOff(), {
    flag: '--wait-for-stored <on|off>',
    summary: 'whether what is sent to `lms serve` is answered once it is stored, as `Prefer: wait` asks for',
    default: 'off',
  }),
  MESSAGES_SERVICE: setting('messagesService', serviceName(), {
    flag: '--messages-service <name>',
    summary: 'service of what /messages stores, reads and clears',
    default: 'messages',
  }),
  MESSAGES_TOKEN: setting('messagesToken', tokenText().optional(), {
    flag: '--messages-token <token>',
    summary: 'token that acts for those who send none to /messages',
    hide: () => '…',
  }),
  SINK_SERVICE: setting('sinkService', serviceName(), {
    flag: '--sink-service <name>',
    summary: 'service of what /logs stores, reads and deletes',
    default: 'logs',
  }),
  SINK_TOKEN: setting('sinkToken', tokenText().optional(), {
    flag: '--sink-token <token>',
    summary: 'token that acts for those who send none to /logs',
    hide: () => '…',
  }),
  ACCESS_LOG_SERVICE: setting('accessLogService', serviceName(), {
    flag: '--access-log-service <name>',
    summary: 'service of the lines of access logs',
    default: 'access-log',
  }),
  ACCESS_LOG_PREFIX: setting('accessLogPrefix', pathPrefix(), {
    flag: '--access-log-prefix <path>',
    summary: 'path before /logs where these lines are',
    default: '/access-log',
  }),
  ACCESS_LOG_PORT: setting('accessLogPort', wholeNumber(0, 65_535).optional(), {
    flag: '--access-log-port <n>',
    summary: 'port of their own, where they are at /logs, and not below the prefix',
  }),
  ACCESS_LOG_TOKEN: setting('accessLogToken', tokenText().optional(), {
    flag: '--access-log-token <token>',
    summary: 'token that acts for those who send none there',
    hide: () => '…',
  }),
};
