import { isJsonObject } from './json.ts';
import type { Rejection } from './rejection.ts';
import { reject, rejectField, shown } from './rejection.ts';
import type { Severity } from './severity.ts';
import { SEVERITIES } from './severity.ts';

/** What a level of some logging library is among our severities. */
export interface Level {
  readonly severity: Severity;
  /** Whether the severity says all that the level said: if not, the level is kept in the tags. */
  readonly isTold: boolean;
}

/** Reads a level in the spelling of one format; undefined if it is none. */
export type ReadLevel = (value: unknown) => Level | undefined;

/** Names in lower case that mean just what our severity means. */
const SPELLINGS: Readonly<Record<Severity, readonly string[]>> = {
  debug: ['debug', 'dbg', 'd'],
  info: ['info', 'information', 'informational', 'inf', 'i'],
  warn: ['warn', 'warning', 'wrn', 'w'],
  error: ['error', 'err', 'eror', 'e', 'severe'],
  fatal: ['fatal', 'critical', 'crit', 'ftl', 'f'],
};

/** Names in lower case that say a little more or less. */
const NEIGHBOURS: Readonly<Record<Severity, readonly string[]>> = {
  debug: ['trace', 'trc', 'verbose', 'vrb', 'silly', 'fine', 'finer', 'finest', 'all'],
  info: ['default', 'notice', 'http', 'config', 'success', 'log'],
  warn: [],
  error: [],
  fatal: ['alert', 'emerg', 'emergency', 'panic', 'dpanic'],
};

const LEVEL_OF: ReadonlyMap<string, Level> = new Map(
  SEVERITIES.flatMap((severity): [string, Level][] => [
    ...SPELLINGS[severity].map((name): [string, Level] => [name, { severity, isTold: true }]),
    ...NEIGHBOURS[severity].map((name): [string, Level] => [name, { severity, isTold: false }]),
  ]),
);

/** Log libraries colour levels for terminals, and some leave the colour on in JSON. */
const COLOUR = /\u001b\[[\d;]*m/g;
/** slog names a level by its distance from the next one below that has a name: `ERROR+4`, `DEBUG-4`. */
const WITH_DISTANCE = /^(debug|info|warn|error)([+-]\d{1,6})$/;
const SLOG_NUMBER: Readonly<Record<string, number>> = { debug: -4, info: 0, warn: 4, error: 8 };

/** Reads the name of a level, whatever its case, and whichever library's name it is. */
export function levelOfName(value: unknown): Level | undefined {
  if (typeof value !== 'string' || value.length > 100) return undefined;
  const name = value.replace(COLOUR, '').trim().toLowerCase();
  return LEVEL_OF.get(name) ?? levelWithDistance(name);
}

function levelWithDistance(name: string): Level | undefined {
  const [, base = '', distance] = WITH_DISTANCE.exec(name) ?? [];
  const number = SLOG_NUMBER[base];
  if (number === undefined) return undefined;
  const level = levelBelow(number + Number(distance), [
    [0, 'debug'],
    [4, 'info'],
    [8, 'warn'],
    [12, 'error'],
  ]);
  return { severity: level, isTold: false };
}

/** The severity of the first bound that a number is below; fatal if it is below none. */
function levelBelow(number: number, bounds: readonly (readonly [number, Severity])[]): Severity {
  return bounds.find(([bound]) => number < bound)?.[1] ?? 'fatal';
}

/**
 * pino's and bunyan's numbers: 10 is trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal; own ones lie
 * between. Or a name.
 */
export function levelOfPino(value: unknown): Level | undefined {
  if (typeof value !== 'number') return levelOfName(value);
  if (!(value > 0 && value <= 1_000)) return undefined;
  const severity = levelBelow(value, [
    [30, 'debug'],
    [40, 'info'],
    [50, 'warn'],
    [60, 'error'],
  ]);
  return { severity, isTold: value >= 20 && value <= 60 && value % 10 === 0 };
}

const SYSLOG: readonly Level[] = [
  { severity: 'fatal', isTold: false },
  { severity: 'fatal', isTold: false },
  { severity: 'fatal', isTold: true },
  { severity: 'error', isTold: true },
  { severity: 'warn', isTold: true },
  { severity: 'info', isTold: false },
  { severity: 'info', isTold: true },
  { severity: 'debug', isTold: true },
];

/** syslog's numbers, 0 (emergency) to 7 (debug), as a number or a digit. Or a name. */
export function levelOfSyslog(value: unknown): Level | undefined {
  if (typeof value === 'number') return SYSLOG[value];
  if (typeof value === 'string' && /^[0-7]$/.test(value)) return SYSLOG[Number(value)];
  return levelOfName(value);
}

/** OpenTelemetry's numbers: four each for trace, debug, info, warn, error and fatal, from 1. */
export function levelOfOpenTelemetry(value: unknown): Level | undefined {
  const number = typeof value === 'string' ? openTelemetryNumber(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > 24) return undefined;
  const severity = levelBelow(number, [
    [9, 'debug'],
    [13, 'info'],
    [17, 'warn'],
    [21, 'error'],
  ]);
  return { severity, isTold: number >= 5 && number % 4 === 1 };
}

/** From the name of protobuf's enum, such as SEVERITY_NUMBER_WARN2. */
function openTelemetryNumber(name: string): number | undefined {
  const [, base, place = '1'] =
    /^SEVERITY_NUMBER_(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)([234]?)$/.exec(name) ?? [];
  if (base === undefined) return undefined;
  return ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].indexOf(base) * 4 + Number(place || '1');
}

/** Cloud Logging's numbers, 0 (DEFAULT) to 800 (EMERGENCY) in hundreds. Or a name. */
export function levelOfCloudLogging(value: unknown): Level | undefined {
  return typeof value === 'number' ? CLOUD_LOGGING.get(value) : levelOfName(value);
}

const CLOUD_LOGGING: ReadonlyMap<number, Level> = new Map([
  [0, { severity: 'info', isTold: false }],
  [100, { severity: 'debug', isTold: true }],
  [200, { severity: 'info', isTold: true }],
  [300, { severity: 'info', isTold: false }],
  [400, { severity: 'warn', isTold: true }],
  [500, { severity: 'error', isTold: true }],
  [600, { severity: 'fatal', isTold: true }],
  [700, { severity: 'fatal', isTold: false }],
  [800, { severity: 'fatal', isTold: false }],
]);

/** The rejection of a level that is none, of a field that the reason names. */
export function rejectLevel(field: string, value: unknown): Rejection {
  const expected = `one of ${SEVERITIES.join(', ')}`;
  if (value === null || value === undefined || isJsonObject(value) || typeof value === 'boolean')
    return rejectField(field, value, expected);
  return reject('unknown_severity', `${field} is "${shown(value)}": it should be ${expected}.`);
}
