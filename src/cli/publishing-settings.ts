import type { SettingName } from '../config/schema.ts';

/** The settings of a command that publishes. */
export const PUBLISHING_SETTINGS: readonly SettingName[] = [
  'PUBSUB_EMULATOR_HOST',
  'PUBSUB_PROJECT_ID',
  'PUBSUB_API_ENDPOINT',
  'PUBSUB_TOPIC',
  'PUBSUB_SUBSCRIPTION',
  'SHUTDOWN_TIMEOUT',
  'LOG_LEVEL',
];
