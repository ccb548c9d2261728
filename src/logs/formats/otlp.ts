import { jsonUnits } from '../budget.ts';
import type { LogEntry } from '../entry.ts';
import { keepForColumn, withExactNumbers } from '../exact-json.ts';
import type { JsonObject } from '../json.ts';
import { isDeeperThan, isJsonObject, rejectDepth } from '../json.ts';
import type { Level } from '../levels.ts';
import { levelOfName, levelOfOpenTelemetry } from '../levels.ts';
import { define, withMembers } from '../members.ts';
import type { Rejection } from '../rejection.ts';
import { isRejection, reject } from '../rejection.ts';
import { SharedObjects } from '../shared-objects.ts';
import { fitsTags } from '../tags.ts';
import type { Contents, Format, RecordsInside, Wrapping } from './format.ts';
import { decodeRecord } from './structured-record.ts';

/** Levels of JSON that an export takes: each level of a value takes four. */
const MAX_LEVELS = 150;

/**
 * OpenTelemetry's logs as OTLP has them in JSON: `{"resourceLogs": [{"resource", "scopeLogs": [{"scope",
 * "logRecords": […]}]}]}`. Each log record is an entry of its own.
 */
export const otlp: Wrapping = {
  matches: ({ resourceLogs, resource_logs: snakeCase }) => Array.isArray(resourceLogs ?? snakeCase),
  open(record, { text }, { recordsLeft }): Contents | Rejection {
    const contents = otlpRecords(record, text, recordsLeft);
    if (isRejection(contents)) return contents;
    return contents.records.length === 0
      ? reject('missing_field', 'resourceLogs holds no log record: it should have at least one.')
      : contents;
  },
};

/** The log records of an export in JSON that `text` is of; of more than `max`, one more. */
export function otlpRecords(record: JsonObject, text: string, max: number): RecordsInside | Rejection {
  if (isDeeperThan(record, MAX_LEVELS)) return rejectDepth('The OTLP export', MAX_LEVELS);
  const exact = withExactNumbers(record, text, keepForColumn);
  return flattened(SNAKE_CASE.test(text) ? inCamelCase(exact) : exact, max);
}

/** Names as the definition of the protocol has them, which its JSON may have, too. */
const CAMEL_CASE: ReadonlyMap<string, string> = new Map(
  [
    'resourceLogs',
    'scopeLogs',
    'logRecords',
    'timeUnixNano',
    'observedTimeUnixNano',
    'severityNumber',
    'severityText',
    'droppedAttributesCount',
    'traceId',
    'spanId',
    'eventName',
    'schemaUrl',
    'stringValue',
    'boolValue',
    'intValue',
    'doubleValue',
    'arrayValue',
    'kvlistValue',
    'bytesValue',
  ].map((name) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), name]),
);
const SNAKE_CASE = new RegExp(`"(?:${[...CAMEL_CASE.keys()].join('|')})"\\s*:`);

/** The same with the names that we look for. Names of attributes are values here: they stay. */
function inCamelCase(object: JsonObject): JsonObject {
  const renamed = Object.entries(object).map(([name, value]): [string, unknown] => [
    CAMEL_CASE.get(name) ?? name,
    valueInCamelCase(value),
  ]);
  return Object.fromEntries(renamed);
}

function valueInCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueInCamelCase);
  // What stands for the spelling of a number has no prototype.
  if (!isJsonObject(value) || Object.getPrototypeOf(value) === null) return value;
  return inCamelCase(value);
}

/** A log record with what it shares with its neighbours, attributes as plain members. */
export const otlpRecord: Format = {
  matches: () => false,
  decode: (record, origin): LogEntry | Rejection =>
    decodeRecord(record, origin, {
      time: ['timeUnixNano', 'observedTimeUnixNano'],
      level: ['severityNumber', 'severityText'],
      message: ['body'],
      readLevel,
    }),
};

function readLevel(value: unknown): Level | undefined {
  return levelOfOpenTelemetry(value) ?? levelOfName(value);
}

/** The log records, each with what it shares with its neighbours; of more than `max`, one more. */
export function flattened(root: JsonObject, max: number): RecordsInside {
  const records: RecordsInside['records'][number][] = [];
  const shared = new SharedObjects();
  const share = (value: JsonObject | undefined): number => {
    if (value !== undefined && fitsTags(value)) shared.add(value);
    return value === undefined ? 0 : jsonUnits(value);
  };
  for (const ofResource of objects(root['resourceLogs'])) {
    const resource = attributesOf(objectIn(ofResource, 'resource')['attributes']);
    const resourceUnits = share(resource);
    for (const ofScope of objects(ofResource['scopeLogs'])) {
      const scope = scopeOf(objectIn(ofScope, 'scope'));
      const sharedUnits = resourceUnits + share(scope);
      for (const record of objects(ofScope['logRecords'])) {
        records.push({ record: flatRecord(record, resource, scope), sharedUnits });
        if (records.length > max) return { records, shared, format: otlpRecord };
      }
    }
  }
  return { records, shared, format: otlpRecord };
}

function flatRecord(record: JsonObject, resource: JsonObject, scope: JsonObject | undefined): JsonObject {
  const { attributes, body, severityNumber, severityText, ...rest } = record;
  const timeUnixNano = asSpelled(record['timeUnixNano']);
  const observedTimeUnixNano = asSpelled(record['observedTimeUnixNano']);
  const isToldByNumber = isSame(readLevel(severityNumber), readLevel(severityText));
  const plain = {
    ...rest,
    // Zero is protobuf's way of saying nothing.
    timeUnixNano: isZero(timeUnixNano) ? undefined : timeUnixNano,
    observedTimeUnixNano:
      isZero(observedTimeUnixNano) || observedTimeUnixNano === timeUnixNano
        ? undefined
        : observedTimeUnixNano,
    severityNumber: isZero(severityNumber) ? undefined : severityNumber,
    severityText: isToldByNumber || severityText === '' ? undefined : severityText,
    body: isJsonObject(body) ? plainValue(body) : undefined,
    resource,
    scope,
    traceId: rest['traceId'] === '' ? undefined : rest['traceId'],
    spanId: rest['spanId'] === '' ? undefined : rest['spanId'],
  };
  return withMembers(plain, 'attributes', attributesOf(attributes));
}

/** A number of more digits than JavaScript's have stands for its spelling. */
function asSpelled(value: unknown): unknown {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null
    ? JSON.stringify(value)
    : value;
}

function isSame(number: Level | undefined, text: Level | undefined): boolean {
  return number !== undefined && number.severity === text?.severity && text.isTold;
}

function isZero(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === 0 ||
    value === '0' ||
    value === '' ||
    value === 'SEVERITY_NUMBER_UNSPECIFIED'
  );
}

function scopeOf({ name, version, attributes }: JsonObject): JsonObject | undefined {
  if (name === undefined && version === undefined && attributes === undefined) return undefined;
  return { name, version, attributes: attributes === undefined ? undefined : attributesOf(attributes) };
}

/** Pairs of `key` and `value` as an object. */
function attributesOf(pairs: unknown): JsonObject {
  const attributes: Record<string, unknown> = {};
  for (const { key, value } of objects(pairs))
    if (typeof key === 'string') define(attributes, key, isJsonObject(value) ? plainValue(value) : null);
  return attributes;
}

/**
 * What an AnyValue stands for. Integers are text in protobuf's JSON: those that a number can hold become one.
 */
function plainValue(any: JsonObject): unknown {
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = any;
  if (intValue !== undefined) return plainInteger(intValue);
  if (isJsonObject(arrayValue)) return objects(arrayValue['values']).map(plainValue);
  if (isJsonObject(kvlistValue)) return attributesOf(kvlistValue['values']);
  return stringValue ?? boolValue ?? doubleValue ?? bytesValue ?? null;
}

function plainInteger(value: unknown): unknown {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : NaN;
  return Number.isSafeInteger(number) ? number : value;
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function objectIn(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}
