import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JOB_NAMES } from '../../src/config/job-names.ts';
import type { SettingName } from '../../src/config/schema.ts';
import { loadSettings } from '../../src/config/settings.ts';
import type { Environment } from '../../src/config/sources.ts';
import { LmsError } from '../../src/errors/catalogue.ts';

type Texts = Partial<Record<SettingName, string>>;

function load(env: Environment, flags: Texts = {}) {
  return loadSettings({ flags, env, dotenvPath: undefined });
}

/** The lines of the report on what is wrong. */
function problemsOf(env: Environment, flags: Texts = {}): string[] {
  try {
    load(env, flags);
  } catch (error) {
    if (!(error instanceof LmsError)) throw error;
    expect(error.code).toBe('SETTINGS');
    return error.message.split('\n');
  }
  throw new Error('these settings were accepted');
}

describe('settings that nobody set', () => {
  it('have their defaults, and limits sized to hold the batches in flight, the next one and one more', () => {
    const { settings } = load({});
    expect(settings).toEqual({
      database: {
        kind: 'mysql',
        addresses: [{ host: '127.0.0.1', port: 3306 }],
        user: 'root',
        password: '',
        database: 'lms',
        sslMode: 'preferred',
      },
      queryTimeBudgetMs: 5_000,
      queriesAtOnce: 4,
      jobs: JOB_NAMES,
      queriesAtOncePerToken: 2,
      identityScopes: ['read'],
      queryWaitMs: 5_000,
      retentionCpuPercent: 50,
      retentionIntervalMs: 3_600_000,
      wordsCpuPercent: 25,
      tail: 'pubsub',
      tailRingMs: 300_000,
      tailRingBytes: 64 * 1024 ** 2,
      tails: 2_000,
      tailsPerToken: 20,
      maxBodyBytes: 16_777_216,
      maxBytesInFlight: 134_217_728,
      waitForStored: false,
      messagesService: 'messages',
      sinkService: 'logs',
      accessLogService: 'access-log',
      accessLogPrefix: '/access-log',
      serveHost: '127.0.0.1',
      servePort: 8080,
      queryRowBudget: 2_000_000,
      topic: 'log-topic',
      subscription: 'log-sub',
      deadLetterTopic: 'log-topic-dead-letter',
      deadLetterSubscription: 'log-sub-dead-letter',
      batchSize: 5000,
      batchBytes: 8_388_608,
      flushIntervalMs: 60_000,
      flushesInFlight: 2,
      refusedRowsTimeoutMs: 600_000,
      maxHeldMessages: 20_000,
      maxHeldBytes: 33_554_432,
      ackDeadlineSeconds: 180,
      workers: 1,
      shutdownTimeoutMs: 10_000,
      healthHost: '0.0.0.0',
      logLevel: 'info',
    });
  });

  it('include those that are empty in the environment', () => {
    expect(load({ BATCHSIZE: '', DURATION: '', PUBSUB_EMULATOR_HOST: '' }).settings).toEqual(
      load({}).settings,
    );
  });

  it('have room for the largest message however small the batches are', () => {
    expect(load({ BATCHBYTES: '1024' }).settings.maxHeldBytes).toBe(10 * 1024 ** 2);
  });
});

describe('settings that somebody set', () => {
  it('are read with their units', () => {
    const { settings } = load({
      BATCHSIZE: '10',
      FLUSHINTERVAL: '0.25',
      FLUSHES_IN_FLIGHT: '1',
      DURATION: '90',
      SHUTDOWN_TIMEOUT: '2.5',
      PUBSUB_EMULATOR_HOST: '127.0.0.1:8085',
    });
    expect(settings).toMatchObject({
      batchSize: 10,
      flushIntervalMs: 250,
      maxHeldMessages: 30,
      durationMs: 90_000,
      shutdownTimeoutMs: 2500,
      emulatorHost: '127.0.0.1:8085',
    });
  });

  it('know where they came from', () => {
    const { origins } = load({ BATCHSIZE: '10', FLUSHINTERVAL: '' }, { PUBSUB_TOPIC: 'other-topic' });
    expect(origins.get('BATCHSIZE')).toBe('environment');
    expect(origins.get('PUBSUB_TOPIC')).toBe('flag');
    expect(origins.get('FLUSHINTERVAL')).toBe('default');
    expect(origins.get('MAX_HELD_MESSAGES')).toBe('derived');
  });
});

describe('a wrong setting', () => {
  it('is reported by name, with where it came from, what it was and what would be right', () => {
    expect(problemsOf({ BATCHSIZE: 'abc' })).toEqual([
      "BATCHSIZE: 'abc' (from the environment) is not a whole number from 1 to 100000",
    ]);
  });

  it('is reported by its flag when it was set by one', () => {
    expect(problemsOf({}, { FLUSHINTERVAL: '-1' })).toEqual([
      "--flush-interval: '-1' (from the command line) is not a number of seconds from 0.05 to 3600",
    ]);
  });

  it('is refused when the flag is empty: that is no way to unset it', () => {
    expect(problemsOf({}, { BATCHSIZE: '' })).toHaveLength(1);
  });

  it('is reported together with all others', () => {
    const lines = problemsOf({
      BATCHSIZE: '0',
      FLUSHINTERVAL: 'soon',
      LOG_LEVEL: 'loud',
      PUBSUB_TOPIC: 'projects/lms/subscriptions/log-topic',
      PUBSUB_EMULATOR_HOST: 'localhost',
      MAX_HELD_BYTES: '2048',
    });
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'PUBSUB_EMULATOR_HOST',
      'PUBSUB_TOPIC',
      'BATCHSIZE',
      'FLUSHINTERVAL',
      'LOG_LEVEL',
      'MAX_HELD_BYTES',
    ]);
  });

  it('does not show a password', () => {
    const [line] = problemsOf({ DATABASE_URL: 'mysql://root:secret@127.0.0.1' });
    expect(line).toContain(
      "DATABASE_URL: 'mysql://root:***@127.0.0.1' (from the environment) names no database",
    );
  });

  it('is shown on one line whatever it holds', () => {
    expect(problemsOf({ BATCHSIZE: '1\n2\u001b[31m' })[0]).toContain("'1\\n2\\u001b[31m'");
    expect(problemsOf({ DATABASE_URL: 'mysql://root@h/lms?a%0Ab=1' })).toHaveLength(1);
  });
});

describe('settings that would stall or lose', () => {
  it('are refused when fewer messages may be held than the batches in flight and the next one', () => {
    const env = { BATCHSIZE: '100', FLUSHES_IN_FLIGHT: '2', MAX_HELD_MESSAGES: '299' };
    expect(problemsOf(env)).toEqual([
      "MAX_HELD_MESSAGES: '299' (from the environment) would stall: it must be at least BATCHSIZE × " +
        '(FLUSHES_IN_FLIGHT + 1) = 300; raise it, lower those, or leave it unset',
    ]);
    expect(load({ ...env, MAX_HELD_MESSAGES: '300' }).settings.maxHeldMessages).toBe(300);
  });

  it('are refused when fewer bytes may be held than those batches, or the largest message, have', () => {
    expect(problemsOf({ BATCHBYTES: '10000000', MAX_HELD_BYTES: '29999999' })[0]).toContain(
      'at least BATCHBYTES',
    );
    expect(problemsOf({ BATCHBYTES: '1024', MAX_HELD_BYTES: '10485759' })[0]).toContain(
      '10 MiB for the largest message',
    );
  });

  it('are refused when dead letters would come back to the worker', () => {
    const lines = problemsOf({ DEAD_LETTER_TOPIC: 'log-topic', DEAD_LETTER_SUBSCRIPTION: 'log-sub' });
    expect(lines[0]).toContain('must be another topic than PUBSUB_TOPIC');
    expect(lines[1]).toContain('must be another subscription than PUBSUB_SUBSCRIPTION');
  });
});

describe('health ports', () => {
  it('are refused when the last worker would have none', () => {
    const env = { HEALTH_PORT: '65534', WORKERS: '3' };
    expect(problemsOf(env)).toEqual([
      "HEALTH_PORT: '65534' (from the environment) is too high: the last of the WORKERS would have port 65536, " +
        'and 65535 is the highest',
    ]);
    expect(load({ ...env, WORKERS: '2' }).settings.healthPort).toBe(65_534);
  });

  it('are opened on an address or a host name, and nothing else', () => {
    for (const host of ['127.0.0.1', '::', '::1', 'localhost', 'worker-1.example.com']) {
      expect(load({ HEALTH_HOST: host }).settings.healthHost).toBe(host);
    }
    for (const host of ['127.0.0.1:80', '[::1]', 'http://localhost', 'a b']) {
      expect(problemsOf({ HEALTH_HOST: host })).toHaveLength(1);
    }
  });
});

describe('.env', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'lms-settings-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('is read for what neither a flag nor the environment says, and is named in reports', () => {
    const dotenvPath = join(directory, '.env');
    writeFileSync(dotenvPath, 'BATCHSIZE=7\nFLUSHINTERVAL=5 # seconds\nLOG_LEVEL=warn\nSOMETHING_ELSE=1\n');
    const loaded = loadSettings({ flags: { LOG_LEVEL: 'error' }, env: { FLUSHINTERVAL: '6' }, dotenvPath });
    expect(loaded.settings).toMatchObject({ batchSize: 7, flushIntervalMs: 6000, logLevel: 'error' });
    expect(loaded.origins.get('BATCHSIZE')).toBe('.env');

    writeFileSync(dotenvPath, 'BATCHSIZE=seven\n');
    expect(() => loadSettings({ flags: {}, env: {}, dotenvPath })).toThrow(
      "BATCHSIZE: 'seven' (from .env) is not",
    );
  });

  it('leaves the environment of the process alone', () => {
    const dotenvPath = join(directory, '.env');
    writeFileSync(dotenvPath, 'MAX_HELD_MESSAGES=50000\n');
    const before = { ...process.env };
    loadSettings({ flags: {}, env: process.env, dotenvPath });
    expect(process.env).toEqual(before);
  });

  it('may be missing', () => {
    const loaded = loadSettings({ flags: {}, env: {}, dotenvPath: join(directory, '.env') });
    expect(loaded.settings).toEqual(load({}).settings);
  });

  it('is an error when it is there and cannot be read', () => {
    expect(() => loadSettings({ flags: {}, env: {}, dotenvPath: directory })).toThrow(LmsError);
  });
});

describe('a name that is no setting', () => {
  it.each([
    ['BATCH_SIZE', 'BATCHSIZE'],
    ['FLUSH_INTERVAL', 'FLUSHINTERVAL'],
    ['flush-interval', 'FLUSHINTERVAL'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['WORKER', 'WORKERS'],
    ['PUBSUB_TOPCI', 'PUBSUB_TOPIC'],
  ])('and looks like one is a warning with the right name: %s', (name, meant) => {
    expect(load({ [name]: '1' }).warnings).toEqual([
      `${name} (from the environment) is no setting and is not used: write ${meant}`,
    ]);
  });

  it('and looks like none says nothing, and neither does a setting', () => {
    const env = { PATH: '/bin', TOPIC: 'x', MYSQL_HOST: 'x', HEALTH: '1', LOGS: '1', BATCHSIZE: '7' };
    expect(load(env).warnings).toEqual([]);
  });
});

describe('names of topics and subscriptions', () => {
  it('may be full, to stand in another project', () => {
    const { settings } = load({
      PUBSUB_TOPIC: 'projects/other-team/topics/logs',
      DEAD_LETTER_SUBSCRIPTION: 'projects/example.com:p1/subscriptions/dead',
    });
    expect(settings).toMatchObject({
      topic: 'projects/other-team/topics/logs',
      deadLetterSubscription: 'projects/example.com:p1/subscriptions/dead',
    });
  });
});
