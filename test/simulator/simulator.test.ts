import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../src/logs/severity.ts';
import { SimulationCounter } from '../../src/simulator/counts.ts';
import { type SimulatedMessage, Simulator } from '../../src/simulator/simulator.ts';

const SERVICES = ['alpha', 'bravo', 'charlie'];
const START_MICROS = Date.UTC(2026, 10, 21, 2, 10, 5) * 1000;

function simulator(
  options: { seed?: number; invalidShare?: number; services?: string[]; nowMicros?: () => number } = {},
) {
  return new Simulator({
    run: 'r',
    services: SERVICES,
    invalidShare: 0,
    seed: 1,
    nowMicros: () => START_MICROS,
    ...options,
  });
}

function text(message: SimulatedMessage): string {
  return Buffer.from(message.data).toString();
}

describe('Simulator', () => {
  it('makes a message of the agreed form, with run, number and identity as attributes', () => {
    const [message] = simulator({ services: ['alpha'], nowMicros: () => START_MICROS + 42 }).make(1);
    expect(message?.countsAs).toEqual({
      serviceName: 'alpha',
      severity: expect.toBeOneOf([...SEVERITIES]) as string,
    });
    expect(message && JSON.parse(text(message))).toEqual({
      service_name: 'alpha',
      payload: 'Hello from alpha (message #1)',
      severity: message?.countsAs === 'invalid' ? '' : message?.countsAs.severity,
      timestamp: '2026-11-21T02:10:05.000042Z',
    });
    expect(message?.attributes).toEqual({ run: 'r', seq: '1', event_id: 'r-1' });
  });

  it('gives each message the time at which it was made, not that of the start', () => {
    let nowMicros = START_MICROS;
    const messages = simulator({ nowMicros: () => (nowMicros += 400_000) }).make(4);
    const timestamps = messages.map(
      (message) => (JSON.parse(text(message)) as { timestamp: string }).timestamp,
    );
    expect(timestamps).toEqual([
      '2026-11-21T02:10:05.400000Z',
      '2026-11-21T02:10:05.800000Z',
      '2026-11-21T02:10:06.200000Z',
      '2026-11-21T02:10:06.600000Z',
    ]);
  });

  it('numbers its messages without a gap, malformed ones included, however many are asked for at a time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { maxLength: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (sizes, invalidShare) => {
          const source = simulator({ invalidShare });
          const messages = sizes.flatMap((size) => source.make(size));
          expect(messages.map(({ attributes }) => attributes['event_id'])).toEqual(
            messages.map((_, index) => `r-${String(index + 1)}`),
          );
        },
      ),
    );
  });

  it('makes the same choices for the same seed, and others for another', () => {
    const run = (seed: number) => simulator({ seed, invalidShare: 0.2 }).make(100).map(text);
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
  });

  it('chooses services and severities evenly', () => {
    const counter = new SimulationCounter();
    counter.add(simulator().make(30_000));
    for (const service of SERVICES) {
      for (const severity of SEVERITIES) {
        expect(counter.counts().services[service]?.[severity]).toBeGreaterThan(1_800);
        expect(counter.counts().services[service]?.[severity]).toBeLessThan(2_200);
      }
    }
  });

  it('mixes in the share of malformed messages that was asked for', () => {
    const counter = new SimulationCounter();
    counter.add(simulator({ invalidShare: 0.1 }).make(20_000));
    expect(counter.counts().invalid / 20_000).toBeCloseTo(0.1, 1);
    expect(
      simulator({ invalidShare: 1 })
        .make(100)
        .every(({ countsAs }) => countsAs === 'invalid'),
    ).toBe(true);
    expect(
      simulator({ invalidShare: 0 })
        .make(100)
        .some(({ countsAs }) => countsAs === 'invalid'),
    ).toBe(false);
  });

  it('keeps any service name intact', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        const [message] = simulator({ services: [name] }).make(1);
        expect(message && JSON.parse(text(message))).toMatchObject({
          service_name: name,
          payload: `Hello from ${name} (message #1)`,
        });
      }),
    );
  });
});
