import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a service is called that says its name nowhere. */
const UNKNOWN = 'unknown_service';

/**
 * The name of the service that this process is: what the environment says (LMS_SERVICE, OpenTelemetry's
 * OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES, Cloud Run's K_SERVICE), else the package it runs in, without
 * its scope.
 */
export function serviceOfProcess(env: Environment, directory: string): string {
  const names = [
    env['LMS_SERVICE'],
    env['OTEL_SERVICE_NAME'],
    ofResource(env['OTEL_RESOURCE_ATTRIBUTES']),
    env['K_SERVICE'],
  ];
  return names.find((name) => name !== undefined && name.trim() !== '') ?? packageName(directory) ?? UNKNOWN;
}

/** `service.name` of `key=value,key=value`, whose values are percent-encoded. */
function ofResource(attributes = ''): string | undefined {
  const pair = attributes
    .split(',')
    .map((each) => each.trim())
    .find((each) => each.startsWith('service.name='));
  if (pair === undefined) return undefined;
  const value = pair.slice('service.name='.length);
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** The name in the nearest package.json that has one, from a directory upwards. */
function packageName(directory: string): string | undefined {
  const name = nameIn(join(directory, 'package.json'));
  if (name !== undefined) return name.replace(/^@[^/]*\//, '');
  const parent = dirname(directory);
  return parent === directory ? undefined : packageName(parent);
}

function nameIn(file: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown };
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    return undefined;
  }
}
