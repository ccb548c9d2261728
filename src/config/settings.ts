import { LmsError } from '../errors/catalogue.ts';
import type { DatabaseTarget } from './database-url.ts';
import { crossChecks, problemLine, textValues, type SettingProblem } from './cross-checks.ts';
import { heldBytes, heldMessages } from './held-limits.ts';
import { aboutSetting, SCHEMA, SETTING_NAMES, type ParsedSettings, type SettingName } from './schema.ts';
import { gatherSources, type Origin, type SettingSources, type SettingText } from './sources.ts';

/** Every setting, parsed and sized: what commands compose from. */
export interface Settings {
  readonly database: DatabaseTarget;
  /** `host:port`; absent: Google Cloud itself. */
  readonly emulatorHost?: string;
  readonly projectId: string;
  readonly topic: string;
  readonly subscription: string;
  readonly deadLetterTopic: string;
  readonly deadLetterSubscription: string;
  readonly batchSize: number;
  readonly batchBytes: number;
  readonly flushIntervalMs: number;
  readonly flushesInFlight: number;
  readonly maxHeldMessages: number;
  readonly maxHeldBytes: number;
  readonly ackDeadlineSeconds: number;
  /** More than one: each is a process of its own. */
  readonly workers: number;
  /** Absent: until stopped. */
  readonly durationMs?: number;
  readonly shutdownTimeoutMs: number;
  /** Absent: no health pages. */
  readonly healthPort?: number;
  readonly healthHost: string;
  readonly logLevel: ParsedSettings['LOG_LEVEL'];
}

/** Settings, and how they came about. */
export interface LoadedSettings {
  readonly settings: Settings;
  /** Has every setting. */
  readonly origins: ReadonlyMap<SettingName, Origin>;
  /** What was written for each, secrets included; absent for what is unset or sized by us. */
  readonly texts: ReadonlyMap<SettingName, SettingText>;
}

/** Reads all settings once. Throws one `LmsError` SETTINGS with a line for each fault. */
export function loadSettings(sources: SettingSources): LoadedSettings {
  const texts = gatherSources(sources);
  const parsed = SCHEMA.safeParse(textValues(texts));
  const faults = [...(parsed.error?.issues.map(toProblem) ?? []), ...crossChecks(texts)];
  if (parsed.data === undefined || faults.length > 0) {
    throw new LmsError('SETTINGS', faults.map((fault) => problemLine(fault, texts)).join('\n'));
  }
  return { settings: toSettings(parsed.data), origins: originsOf(texts), texts };
}

function toProblem(issue: {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}): SettingProblem {
  const name = SETTING_NAMES.find((candidate) => candidate === issue.path[0]);
  if (name === undefined)
    throw new Error(`the schema found a fault outside of any setting: ${issue.message}`);
  return { name, reason: issue.message };
}

function toSettings(parsed: ParsedSettings): Settings {
  const { BATCHSIZE, BATCHBYTES, FLUSHES_IN_FLIGHT } = parsed;
  return {
    database: parsed.DATABASE_URL,
    ...(parsed.PUBSUB_EMULATOR_HOST !== undefined && { emulatorHost: parsed.PUBSUB_EMULATOR_HOST }),
    projectId: parsed.PUBSUB_PROJECT_ID,
    topic: parsed.PUBSUB_TOPIC,
    subscription: parsed.PUBSUB_SUBSCRIPTION,
    deadLetterTopic: parsed.DEAD_LETTER_TOPIC,
    deadLetterSubscription: parsed.DEAD_LETTER_SUBSCRIPTION,
    batchSize: BATCHSIZE,
    batchBytes: BATCHBYTES,
    flushIntervalMs: parsed.FLUSHINTERVAL,
    flushesInFlight: FLUSHES_IN_FLIGHT,
    maxHeldMessages: parsed.MAX_HELD_MESSAGES ?? heldMessages(BATCHSIZE, FLUSHES_IN_FLIGHT).usual,
    maxHeldBytes: parsed.MAX_HELD_BYTES ?? heldBytes(BATCHBYTES, FLUSHES_IN_FLIGHT).usual,
    ackDeadlineSeconds: parsed.ACK_DEADLINE,
    workers: parsed.WORKERS,
    ...(parsed.DURATION !== undefined && { durationMs: parsed.DURATION }),
    shutdownTimeoutMs: parsed.SHUTDOWN_TIMEOUT,
    ...(parsed.HEALTH_PORT !== undefined && { healthPort: parsed.HEALTH_PORT }),
    healthHost: parsed.HEALTH_HOST,
    logLevel: parsed.LOG_LEVEL,
  };
}

function originsOf(texts: ReadonlyMap<SettingName, SettingText>): Map<SettingName, Origin> {
  const unset = (name: SettingName): Origin =>
    aboutSetting(name).derived === undefined ? 'default' : 'derived';
  return new Map(SETTING_NAMES.map((name) => [name, texts.get(name)?.origin ?? unset(name)]));
}
