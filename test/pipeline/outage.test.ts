import { expect, it } from 'vitest';
import { Outage } from '../../src/pipeline/outage.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RecordingLog } from '../support/recording-log.ts';

const START = 'the database takes no writes: retrying until it passes, nothing is lost';
const END = 'the database takes no writes: over';

it('a failure that the next try mends is none: the operator hears nothing', () => {
  const { outage, log } = begin();
  outage.failed(0, new Error('deadlock'));
  outage.passed();
  expect(log.told).toEqual([]);
  expect(log.lines).toMatchObject([{ level: 'debug', fields: { attempt: 0, reason: 'deadlock' } }]);
});

it('an outage is told when it starts, every 30 seconds while it lasts, and when it is over', async () => {
  const { outage, log, clock } = begin();
  outage.failed(0, new Error('refused'));
  for (let attempt = 1; attempt <= 70; attempt += 1) {
    outage.failed(attempt, new Error('refused'));
    await clock.advance(1_000);
  }
  outage.passed();
  expect(log.told).toMatchObject([
    { level: 'warn', message: START, fields: { seconds: 0, attempt: 1, reason: 'refused' } },
    { level: 'warn', message: START, fields: { seconds: 30 } },
    { level: 'warn', message: START, fields: { seconds: 60 } },
    { level: 'info', message: END, fields: { seconds: 70 } },
  ]);
});

it('while it lasts, it can be asked for: what fails, for how long, and why the last try did', async () => {
  const { outage, clock } = begin();
  outage.failed(0, new Error('refused'));
  expect(outage.current).toBeUndefined();
  outage.failed(1, new Error('refused'));
  await clock.advance(12_000);
  outage.failed(2, 'timed out');
  expect(outage.current).toEqual({
    what: 'the database takes no writes',
    lastingMs: 12_000,
    reason: 'timed out',
  });
  outage.passed();
  expect(outage.current).toBeUndefined();
});

it('two pieces of work that fail together are one outage, and a first failure during it is not a second one', () => {
  const { outage, log } = begin();
  outage.failed(1, new Error('refused'));
  outage.failed(1, new Error('refused'));
  outage.failed(0, new Error('refused'));
  outage.passed();
  outage.passed();
  expect(log.told.map(({ message }) => message)).toEqual([START, END]);
});

it('the next outage is told anew', () => {
  const { outage, log } = begin();
  for (let times = 0; times < 2; times += 1) {
    outage.failed(1, 'refused');
    outage.passed();
  }
  expect(log.told.map(({ message }) => message)).toEqual([START, END, START, END]);
});

function begin() {
  const clock = new FakeClock();
  const log = new RecordingLog();
  return { clock, log, outage: new Outage('the database takes no writes', clock, log) };
}
