import { describe, expect, it } from 'vitest';
import { serviceNames } from '../../src/simulator/services.ts';
import { testMessages } from '../../src/simulator/test-messages.ts';

describe('testMessages', () => {
  it('are of the service Admin, numbered on from call to call', () => {
    const make = testMessages('r', () => Date.UTC(2026, 0, 1) * 1000);
    const messages = [...make(2), ...make(1)];
    expect(messages.map(({ data }) => JSON.parse(Buffer.from(data).toString()) as unknown)).toEqual(
      ['Hello world 1', 'Hello world 2', 'Hello world 3'].map((payload) => ({
        service_name: 'Admin',
        payload,
        severity: 'info',
        timestamp: '2026-01-01T00:00:00.000000Z',
      })),
    );
    expect(messages.map(({ attributes }) => attributes['event_id'])).toEqual(['r-1', 'r-2', 'r-3']);
  });
});

describe('serviceNames', () => {
  it('starts with those of the prototype and never repeats one', () => {
    expect(serviceNames(3)).toEqual(['alpha', 'bravo', 'charlie']);
    expect(new Set(serviceNames(1_000)).size).toBe(1_000);
  });
});
