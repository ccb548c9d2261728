import * as z from 'zod';
import { hidePassword } from './database-url.ts';
import {
  databaseUrl,
  hostAndOptionalPort,
  hostAndPort,
  hostName,
  oneOf,
  projectId,
  resourceName,
  seconds,
  serviceName,
  wholeNumber,
} from './parsers.ts';
import { discardFilter, redactionRules } from './screening-parsers.ts';
import { SERVE_SETTINGS } from './serve-settings.ts';
import { type About, setting } from './setting.ts';

/** Longest time that a timer of Node can wait: 2^31 - 1 ms, in whole seconds. */
const MAX_TIMER_SECONDS = 2_147_483;
const GIBIBYTE = 1024 ** 3;

/**
 * Every setting, by its name in the environment: here or in `serve-settings.ts` a setting is added. Texts are read,
 * values come out parsed, times in milliseconds.
 */
const SETTINGS = {
  DATABASE_URL: setting('database', databaseUrl(), {
    flag: '--database-url <url>',
    summary: 'the database: mysql://user:password@host:port/database?ssl-mode=… or sqlite:path',
    default: 'mysql://root@127.0.0.1:3306/lms',
    hide: hidePassword,
  }),
  READ_DATABASE_URL: setting('readDatabase', databaseUrl().optional(), {
    flag: '--read-database-url <url>',
    summary: 'where entries are looked for: a replica of the database',
    derived: 'DATABASE_URL',
    hide: hidePassword,
  }),
  QUERY_TIME_BUDGET: setting('queryTimeBudgetMs', seconds(0.1, 60), {
    flag: '--query-time-budget <seconds>',
    summary: 'time after which a question is answered with what was found so far, and can go on from there',
    default: '5',
  }),
  QUERY_ROW_BUDGET: setting('queryRowBudget', wholeNumber(1_000, 50_000_000, 'rows'), {
    flag: '--query-row-budget <rows>',
    summary: 'rows that are looked at before it is answered so',
    default: '2000000',
  }),
  ...SERVE_SETTINGS,
  PUBSUB_EMULATOR_HOST: setting('emulatorHost', hostAndPort().optional(), {
    flag: '--emulator-host <host:port>',
    summary: 'a Pub/Sub emulator or `lms broker` to use instead of Google Cloud',
  }),
  PUBSUB_PROJECT_ID: setting('projectId', projectId().optional(), {
    flag: '--project <id>',
    summary: 'project of topics and subscriptions',
    derived: 'lms on an emulator, else the project of the credentials',
  }),
  PUBSUB_API_ENDPOINT: setting('apiEndpoint', hostAndOptionalPort().optional(), {
    flag: '--api-endpoint <host[:port]>',
    summary: 'endpoint of Pub/Sub on Google Cloud: a regional one, or one of Private Service Connect',
  }),
  PUBSUB_TOPIC: setting('topic', resourceName('topics'), {
    flag: '--topic <name>',
    summary: 'topic that log messages are published to',
    default: 'log-topic',
  }),
  PUBSUB_SUBSCRIPTION: setting('subscription', resourceName('subscriptions'), {
    flag: '--subscription <name>',
    summary: 'subscription that workers read',
    default: 'log-sub',
  }),
  DEAD_LETTER_TOPIC: setting('deadLetterTopic', resourceName('topics'), {
    flag: '--dead-letter-topic <name>',
    summary: 'topic for messages that cannot become a row',
    default: 'log-topic-dead-letter',
  }),
  DEAD_LETTER_SUBSCRIPTION: setting('deadLetterSubscription', resourceName('subscriptions'), {
    flag: '--dead-letter-subscription <name>',
    summary: 'subscription that keeps those messages',
    default: 'log-sub-dead-letter',
  }),
  DEFAULT_SERVICE: setting('defaultService', serviceName().optional(), {
    flag: '--default-service <name>',
    summary: 'service of messages that name none; unset: they cannot become rows',
  }),
  DISCARD: setting('discard', discardFilter().optional(), {
    flag: '--discard <expression>',
    summary: 'entries that are neither stored nor shown in tails: any expression without times; unset: none',
  }),
  REDACT: setting('redact', redactionRules().optional(), {
    flag: '--redact <rules>',
    summary:
      'what is replaced in payloads and tags before they are stored or shown: tag:NAME, /PATTERN/ and presets, with `;` between; unset: nothing',
  }),
  BATCHSIZE: setting('batchSize', wholeNumber(1, 100_000), {
    flag: '--batch-size <rows>',
    summary: 'rows in a batch; a full one is flushed at once',
    default: '5000',
  }),
  BATCHBYTES: setting('batchBytes', wholeNumber(1024, GIBIBYTE, 'bytes'), {
    flag: '--batch-bytes <bytes>',
    summary: 'bytes in a batch; one that holds as much is flushed at once',
    default: String(8 * 1024 ** 2),
  }),
  FLUSHINTERVAL: setting('flushIntervalMs', seconds(0.05, 3600), {
    flag: '--flush-interval <seconds>',
    summary: 'longest time that a message waits for its batch to fill',
    default: '60',
  }),
  FLUSHES_IN_FLIGHT: setting('flushesInFlight', wholeNumber(1, 16), {
    flag: '--flushes-in-flight <n>',
    summary: 'batches written at the same time, each on its own connection',
    default: '2',
  }),
  MAX_HELD_MESSAGES: setting('maxHeldMessages', wholeNumber(1, 10_000_000).optional(), {
    flag: '--max-held-messages <n>',
    summary: 'messages held, not yet acknowledged; intake pauses there',
    derived: 'BATCHSIZE × (FLUSHES_IN_FLIGHT + 2)',
  }),
  MAX_HELD_BYTES: setting('maxHeldBytes', wholeNumber(1024, 64 * GIBIBYTE, 'bytes').optional(), {
    flag: '--max-held-bytes <bytes>',
    summary: 'bytes of the messages held; intake pauses there',
    derived: 'BATCHBYTES × (FLUSHES_IN_FLIGHT + 2)',
  }),
  ACK_DEADLINE: setting('ackDeadlineSeconds', wholeNumber(10, 600, 'seconds'), {
    flag: '--ack-deadline <seconds>',
    summary: 'how long a message is leased before Pub/Sub gives it to another worker',
    default: '180',
  }),
  WORKERS: setting('workers', wholeNumber(1, 64), {
    flag: '--workers <n>',
    summary: 'workers, each in a process of its own if there are several; the limits above are for each',
    default: '1',
  }),
  DURATION: setting('durationMs', seconds(0.1, MAX_TIMER_SECONDS).optional(), {
    flag: '--duration <seconds>',
    summary: 'stop after this time',
  }),
  SHUTDOWN_TIMEOUT: setting('shutdownTimeoutMs', seconds(0.1, 3600), {
    flag: '--shutdown-timeout <seconds>',
    summary: 'time to flush and acknowledge what is held when stopped; the rest is released',
    default: '10',
  }),
  REFUSED_ROWS_TIMEOUT: setting('refusedRowsTimeoutMs', seconds(1, 86_400), {
    flag: '--refused-rows-timeout <seconds>',
    summary:
      'longest time that rows which the database refuses wait for others to pass, before they are dead letters',
    default: '600',
  }),
  HEALTH_PORT: setting('healthPort', wholeNumber(1, 65_535).optional(), {
    flag: '--health-port <n>',
    summary: 'port of /livez, /readyz and /metrics by HTTP, the next ones for more workers; unset: none',
  }),
  HEALTH_HOST: setting('healthHost', hostName(), {
    flag: '--health-host <address>',
    summary: 'address that HEALTH_PORT is opened on',
    default: '0.0.0.0',
  }),
  LOG_LEVEL: setting('logLevel', oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), {
    flag: '--log-level <level>',
    summary: 'least level of LMS’s own log lines',
    default: 'info',
  }),
};

type Defined = typeof SETTINGS;

/** Name of a setting in the environment. */
export type SettingName = keyof Defined;

/** All names, in the order in which settings are shown. */
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** Reads the texts of all settings, by their names in the environment. */
export const SCHEMA = z.object(
  Object.fromEntries(SETTING_NAMES.map((name) => [name, SETTINGS[name].type])) as {
    readonly [Name in SettingName]: Defined[Name]['type'];
  },
);

/** What the schema makes of valid texts, by their names in the environment. */
type ParsedTexts = z.output<typeof SCHEMA>;

/** The values of all settings, by their keys; undefined: unset, or sized by us. */
export type ParsedSettings = {
  readonly [Name in SettingName as Defined[Name]['key']]: ParsedTexts[Name];
};

/** The same values by their keys. */
export function byKey(parsed: ParsedTexts): ParsedSettings {
  return Object.fromEntries(
    SETTING_NAMES.map((name) => [SETTINGS[name].key, parsed[name]]),
  ) as ParsedSettings;
}

/** What is known of a setting. */
export function aboutSetting(name: SettingName): About {
  return SETTINGS[name].about;
}
