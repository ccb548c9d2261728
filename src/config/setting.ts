import type * as z from 'zod';

/**
 * What is known of a setting beside how to read it. Flags, help, `lms config` and the checks all take it from
 * here.
 */
export interface About {
  /** The flag and its argument, such as `--batch-size <rows>`. */
  readonly flag: string;
  /** One line: what it sets. */
  readonly summary: string;
  /** As a person would write it. Absent: unset, or sized by us (`derived` says how). */
  readonly default?: string;
  /** How we size it when nobody sets it. */
  readonly derived?: string;
  /** Whether an empty variable says something, as a list of nothing does. Otherwise it counts as unset. */
  readonly mayBeEmpty?: boolean;
  /** Makes of a value what may be shown, for values that hold a secret. */
  readonly hide?: (text: string) => string;
}

/** A setting: its property in `Settings`, how its text is read, and what is known of it. */
export interface Setting<Key extends string, Type extends z.ZodType> {
  readonly key: Key;
  readonly type: Type;
  readonly about: About;
}

/** Makes one. */
export function setting<const Key extends string, Type extends z.ZodType>(
  key: Key,
  type: Type,
  about: About,
): Setting<Key, Type> {
  return { key, type, about };
}
