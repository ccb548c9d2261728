import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SETTING_NAMES, type SettingName } from '../../src/config/schema.ts';
import { type LoadedSettings, loadSettings } from '../../src/config/settings.ts';
import type { SettingSources } from '../../src/config/sources.ts';
import { LmsError } from '../../src/errors/catalogue.ts';

const NUMERIC: readonly SettingName[] = [
  'BATCHSIZE',
  'BATCHBYTES',
  'FLUSHINTERVAL',
  'FLUSHES_IN_FLIGHT',
  'MAX_HELD_MESSAGES',
  'MAX_HELD_BYTES',
  'ACK_DEADLINE',
  'DURATION',
  'REFUSED_ROWS_TIMEOUT',
  'SHUTDOWN_TIMEOUT',
];

/** Loads, or gives the error of the catalogue; any other exception goes through and fails the test. */
function tryLoad(sources: SettingSources): LoadedSettings | LmsError {
  try {
    return loadSettings(sources);
  } catch (error) {
    if (error instanceof LmsError) return error;
    throw error;
  }
}

/** Names in a report, one a line. */
function reported(loaded: LoadedSettings | LmsError): string[] {
  return loaded instanceof LmsError ? loaded.message.split('\n').map((line) => line.split(':')[0] ?? '') : [];
}

/** Text that is no number, or none that any setting takes. */
const garbage = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/^\d+(\.\d+)?$/.test(text)),
  fc.constantFrom(
    '-1',
    '+5',
    '1e3',
    '0x10',
    ' 5',
    '5 ',
    '1_000',
    'NaN',
    'Infinity',
    '1.',
    '.5',
    '٣',
    '9'.repeat(400),
  ),
);

describe('settings, whatever is in the environment', () => {
  it('garbage for numbers is reported by name, all of it together', () => {
    const wrong = fc.uniqueArray(fc.tuple(fc.constantFrom(...NUMERIC), garbage), {
      selector: ([name]) => name,
      minLength: 1,
    });
    fc.assert(
      fc.property(wrong, (pairs) => {
        const loaded = tryLoad({ flags: {}, env: Object.fromEntries(pairs), dotenvPath: undefined });
        const names = new Set(pairs.map(([name]) => name));
        expect(reported(loaded)).toEqual(SETTING_NAMES.filter((name) => names.has(name)));
      }),
    );
  });

  it('any text for any setting is either taken or reported by that name', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SETTING_NAMES), fc.string({ unit: 'binary' }), (name, text) => {
        const loaded = tryLoad({ flags: {}, env: { [name]: text }, dotenvPath: undefined });
        // Each mistake of a list is a line of its own.
        if (loaded instanceof LmsError) expect([...new Set(reported(loaded))]).toEqual([name]);
        else expect(loaded.origins.get(name)).not.toBe('flag');
      }),
    );
  });

  it('accepted limits always hold the batches in flight, the next one and the largest message', () => {
    const count = fc.integer({ min: 1, max: 200_000 }).map(String);
    const bytes = fc.integer({ min: 1024, max: 2 ** 27 }).map(String);
    const few = fc.integer({ min: 1, max: 16 }).map(String);
    fc.assert(
      fc.property(
        fc.record(
          {
            BATCHSIZE: count,
            BATCHBYTES: bytes,
            FLUSHES_IN_FLIGHT: few,
            MAX_HELD_MESSAGES: count,
            MAX_HELD_BYTES: bytes,
          },
          { requiredKeys: [] },
        ),
        (env) => {
          const loaded = tryLoad({ flags: {}, env, dotenvPath: undefined });
          if (loaded instanceof LmsError) return;
          const { settings } = loaded;
          const batches = settings.flushesInFlight + 1;
          expect(settings.maxHeldMessages).toBeGreaterThanOrEqual(settings.batchSize * batches);
          expect(settings.maxHeldBytes).toBeGreaterThanOrEqual(settings.batchBytes * batches);
          expect(settings.maxHeldBytes).toBeGreaterThanOrEqual(10_000_000);
        },
      ),
    );
  });

  it('a flag wins over the environment, that over .env, that over the default, for each setting on its own', () => {
    const directory = mkdtempSync(join(tmpdir(), 'lms-precedence-'));
    const dotenvPath = join(directory, '.env');
    const size = fc.integer({ min: 1, max: 100_000 }).map(String);
    const level = fc.constantFrom('debug', 'info', 'warn', 'error');
    const some = fc.record({ BATCHSIZE: size, LOG_LEVEL: level }, { requiredKeys: [] });
    const empties = fc.record(
      { BATCHSIZE: fc.constantFrom('', undefined), LOG_LEVEL: fc.constant('') },
      { requiredKeys: [] },
    );
    try {
      fc.assert(
        fc.property(some, some, some, empties, (flags, set, lines, empty) => {
          writeFileSync(
            dotenvPath,
            Object.entries(lines)
              .map(([name, text]) => `${name}=${text}\n`)
              .join(''),
          );
          const { settings, origins } = loadSettings({ flags, env: { ...empty, ...set }, dotenvPath });
          const defaults = { BATCHSIZE: '5000', LOG_LEVEL: 'info' };
          const model = { ...defaults, ...lines, ...set, ...flags };
          expect({ BATCHSIZE: String(settings.batchSize), LOG_LEVEL: settings.logLevel }).toEqual(model);
          for (const name of ['BATCHSIZE', 'LOG_LEVEL'] as const) {
            const from =
              name in flags ? 'flag' : name in set ? 'environment' : name in lines ? '.env' : 'default';
            expect(origins.get(name)).toBe(from);
          }
        }),
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
