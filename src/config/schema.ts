import * as z from 'zod';
import { hidePassword } from './database-url.ts';
import {
  databaseUrl,
  hostAndPort,
  hostName,
  oneOf,
  projectId,
  resourceName,
  seconds,
  wholeNumber,
} from './parsers.ts';

/** What is known of a setting beside how to read it. Flags, help, `lms config` and the checks all take it from here. */
export interface About {
  /** The flag and its argument, such as `--batch-size <rows>`. */
  readonly flag: string;
  /** One line: what it sets. */
  readonly summary: string;
  /** As a person would write it. Absent: unset, or sized by us (`derived` says how). */
  readonly default?: string;
  /** How we size it when nobody sets it. */
  readonly derived?: string;
  /** Makes of a value what may be shown, for values that hold a secret. */
  readonly hide?: (text: string) => string;
}

/** Longest time that a timer of Node can wait: 2^31 - 1 ms, in whole seconds. */
const MAX_TIMER_SECONDS = 2_147_483;
const GIBIBYTE = 1024 ** 3;

const abouts = z.registry<About>();

/** Every setting, by its name in the environment. Reads texts; values come out parsed, times in milliseconds. */
export const SCHEMA = z.object({
  DATABASE_URL: databaseUrl().register(abouts, {
    flag: '--database-url <url>',
    summary: 'the database: mysql://user:password@host:port/database?ssl-mode=… or sqlite:path',
    default: 'mysql://root@127.0.0.1:3306/lms',
    hide: hidePassword,
  }),
  PUBSUB_EMULATOR_HOST: hostAndPort().optional().register(abouts, {
    flag: '--emulator-host <host:port>',
    summary: 'a Pub/Sub emulator or `lms broker` to use instead of Google Cloud',
  }),
  PUBSUB_PROJECT_ID: projectId().register(abouts, {
    flag: '--project <id>',
    summary: 'project of topics and subscriptions',
    default: 'lms',
  }),
  PUBSUB_TOPIC: resourceName().register(abouts, {
    flag: '--topic <name>',
    summary: 'topic that log messages are published to',
    default: 'log-topic',
  }),
  PUBSUB_SUBSCRIPTION: resourceName().register(abouts, {
    flag: '--subscription <name>',
    summary: 'subscription that workers read',
    default: 'log-sub',
  }),
  DEAD_LETTER_TOPIC: resourceName().register(abouts, {
    flag: '--dead-letter-topic <name>',
    summary: 'topic for messages that cannot become a row',
    default: 'log-topic-dead-letter',
  }),
  DEAD_LETTER_SUBSCRIPTION: resourceName().register(abouts, {
    flag: '--dead-letter-subscription <name>',
    summary: 'subscription that keeps those messages',
    default: 'log-sub-dead-letter',
  }),
  BATCHSIZE: wholeNumber(1, 100_000).register(abouts, {
    flag: '--batch-size <rows>',
    summary: 'rows in a batch; a full one is flushed at once',
    default: '5000',
  }),
  BATCHBYTES: wholeNumber(1024, GIBIBYTE, 'bytes').register(abouts, {
    flag: '--batch-bytes <bytes>',
    summary: 'bytes in a batch; one that holds as much is flushed at once',
    default: String(8 * 1024 ** 2),
  }),
  FLUSHINTERVAL: seconds(0.05, 3600).register(abouts, {
    flag: '--flush-interval <seconds>',
    summary: 'longest time that a message waits for its batch to fill',
    default: '60',
  }),
  FLUSHES_IN_FLIGHT: wholeNumber(1, 16).register(abouts, {
    flag: '--flushes-in-flight <n>',
    summary: 'batches written at the same time, each on its own connection',
    default: '2',
  }),
  MAX_HELD_MESSAGES: wholeNumber(1, 10_000_000).optional().register(abouts, {
    flag: '--max-held-messages <n>',
    summary: 'messages held, not yet acknowledged; intake pauses there',
    derived: 'BATCHSIZE × (FLUSHES_IN_FLIGHT + 2)',
  }),
  MAX_HELD_BYTES: wholeNumber(1024, 64 * GIBIBYTE, 'bytes')
    .optional()
    .register(abouts, {
      flag: '--max-held-bytes <bytes>',
      summary: 'bytes of the messages held; intake pauses there',
      derived: 'BATCHBYTES × (FLUSHES_IN_FLIGHT + 2)',
    }),
  ACK_DEADLINE: wholeNumber(10, 600, 'seconds').register(abouts, {
    flag: '--ack-deadline <seconds>',
    summary: 'how long a message is leased before Pub/Sub gives it to another worker',
    default: '180',
  }),
  WORKERS: wholeNumber(1, 64).register(abouts, {
    flag: '--workers <n>',
    summary: 'workers, each in a process of its own if there are several; the limits above are for each',
    default: '1',
  }),
  DURATION: seconds(0.1, MAX_TIMER_SECONDS).optional().register(abouts, {
    flag: '--duration <seconds>',
    summary: 'stop after this time; unset: run until stopped',
  }),
  SHUTDOWN_TIMEOUT: seconds(0.1, 3600).register(abouts, {
    flag: '--shutdown-timeout <seconds>',
    summary: 'time to flush and acknowledge what is held when stopped; the rest is released',
    default: '10',
  }),
  HEALTH_PORT: wholeNumber(1, 65_535).optional().register(abouts, {
    flag: '--health-port <n>',
    summary: 'port of /livez, /readyz and /metrics by HTTP, the next ones for more workers; unset: none',
  }),
  HEALTH_HOST: hostName().register(abouts, {
    flag: '--health-host <address>',
    summary: 'address that HEALTH_PORT is opened on',
    default: '0.0.0.0',
  }),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).register(abouts, {
    flag: '--log-level <level>',
    summary: 'least level of LMS’s own log lines',
    default: 'info',
  }),
});

/** Name of a setting in the environment. */
export type SettingName = keyof typeof SCHEMA.shape;

/** What the schema makes of valid texts. */
export type ParsedSettings = z.output<typeof SCHEMA>;

/** All names, in the order in which settings are shown. */
export const SETTING_NAMES: readonly SettingName[] = SCHEMA.keyof().options;

/** What is known of a setting. */
export function aboutSetting(name: SettingName): About {
  const about = abouts.get(SCHEMA.shape[name]);
  if (about === undefined) throw new Error(`setting ${name} has no description in the schema`);
  return about;
}
