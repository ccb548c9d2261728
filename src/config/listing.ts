import { shownText } from './cross-checks.ts';
import { aboutSetting, SETTING_NAMES, type SettingName } from './schema.ts';
import type { LoadedSettings } from './settings.ts';
import type { SettingOrigin } from './sources.ts';

/** A setting as it is shown to a person or a program: never with its secret. */
export interface ListedSetting {
  readonly name: SettingName;
  /** As it would be written; null: unset. */
  readonly value: string | null;
  readonly origin: SettingOrigin;
  readonly summary: string;
}

/** The effective settings, in the schema's order. */
export function listSettings({ settings, origins, texts }: LoadedSettings): ListedSetting[] {
  const sized: Partial<Record<SettingName, number>> = {
    MAX_HELD_MESSAGES: settings.maxHeldMessages,
    MAX_HELD_BYTES: settings.maxHeldBytes,
    QUERIES_AT_ONCE_PER_TOKEN: settings.queriesAtOncePerToken,
  };
  return SETTING_NAMES.map((name) => {
    const text = texts.get(name)?.text ?? sized[name]?.toString();
    const value = text === undefined ? null : shownText(name, text);
    return { name, value, origin: origins.get(name) ?? 'default', summary: aboutSetting(name).summary };
  });
}
