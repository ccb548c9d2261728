import type { SettingName } from '../../config/schema.ts';

/** Settings of the commands that read entries. */
export const READING_SETTINGS: readonly SettingName[] = [
  'DATABASE_URL',
  'READ_DATABASE_URL',
  'QUERY_TIME_BUDGET',
  'QUERY_ROW_BUDGET',
  'LOG_LEVEL',
];
