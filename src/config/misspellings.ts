import { SETTING_NAMES, type SettingName } from './schema.ts';

/** Of shorter names, too many are one letter away from a setting and mean something else. */
const SHORTEST = 6;

/**
 * The setting that somebody meant by a name that is none: one with other underscores, hyphens or case, or one
 * letter off. Undefined if it is a setting, or like none.
 */
export function meantSetting(name: string): SettingName | undefined {
  if (SETTING_NAMES.some((known) => known === name)) return undefined;
  const letters = lettersOf(name);
  if (letters.length < SHORTEST) return undefined;
  return SETTING_NAMES.find((known) => isWithinOneEdit(letters, lettersOf(known)));
}

function lettersOf(name: string): string {
  return name.toUpperCase().replace(/[_-]/g, '');
}

/** Whether one letter more, less, other, or two neighbours changed round make one text of the other. */
function isWithinOneEdit(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  if (restA === restB) return true;
  const isSwapped =
    restB.startsWith(`${restA.charAt(1)}${restA.charAt(0)}`) && restA.slice(2) === restB.slice(2);
  return (
    restA.slice(1) === restB || restA === restB.slice(1) || restA.slice(1) === restB.slice(1) || isSwapped
  );
}
