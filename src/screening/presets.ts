import { cardNumbers } from './card-numbers.ts';
import type { Span } from './patterns/matcher.ts';

/** What is often looked for, ready to be named. */
export interface Preset {
  readonly source: string;
  readonly ignoresCase: boolean;
  /** Which parts of a stretch that the pattern matches are meant; absent: all of it. */
  readonly parts?: (text: string) => readonly Span[];
  /** What stands in its place unless something else is said; absent: as of other rules. */
  readonly replacement?: string;
}

const BYTE = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const GROUP = '[0-9a-f]{1,4}';
const IP_V4 = `\\b(?:${BYTE}\\.){3}${BYTE}\\b`;
const IP_V6 = [
  `\\b(?:${GROUP}:){7}${GROUP}\\b`,
  `\\b(?:${GROUP}:){1,6}(?::${GROUP}){1,6}\\b`,
  `\\b(?:${GROUP}:){1,7}:\\B`,
  `\\B::(?:${GROUP}:){0,6}${GROUP}\\b`,
].join('|');

/** By their names in the setting. */
export const PRESETS = {
  'credit-card': { source: '\\b\\d(?:[ -]?\\d){12,18}\\b', ignoresCase: false, parts: cardNumbers },
  email: { source: '[\\w.%+-]+@[\\w-]+(?:\\.[\\w-]+)*\\.[A-Za-z]{2,}', ignoresCase: false },
  ip: { source: `${IP_V4}|${IP_V6}`, ignoresCase: true },
  jwt: { source: '\\beyJ[\\w-]{8,}(?:\\.[\\w-]*){2,4}', ignoresCase: false },
  'bearer-token': {
    source: '\\bbearer\\s+[\\w.~+/-]{16,}=*',
    ignoresCase: true,
    replacement: 'Bearer [redacted]',
  },
  'url-password': { source: '://[^\\s/:@"]*:[^\\s/@"]+@', ignoresCase: false, replacement: '://[redacted]@' },
  'private-key': {
    source: '-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?',
    ignoresCase: false,
  },
  'api-key': {
    source: [
      '\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b',
      '\\bAIza[\\w-]{35}',
      '\\bgh[pousr]_[A-Za-z0-9]{36,}',
      '\\bgithub_pat_\\w{22,}',
      '\\bglpat-[\\w-]{20,}',
      '\\bxox[abeoprs]-[\\w-]{10,}',
      '\\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}',
    ].join('|'),
    ignoresCase: false,
  },
  'us-ssn': { source: '\\b\\d{3}-\\d{2}-\\d{4}\\b', ignoresCase: false },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

/** What a preset is. */
export function presetOf(name: PresetName): Preset {
  return PRESETS[name];
}
