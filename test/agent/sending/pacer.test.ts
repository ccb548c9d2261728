import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Pacer } from '../../../src/agent/sending/pacer.ts';
import { systemClock } from '../../../src/pipeline/clock.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { entry } from '../fake-ends.ts';

describe('the pace of a log', () => {
  it('has gaps that are longer than a timer can be', async () => {
    const pacer = new Pacer(1, systemClock);
    const slices = pacer.slices([entry(0), entry(1, '2027-03-05 13:45:00.000000')]);
    expect(slices).toHaveLength(2);
    const stop = new AbortController();
    const waiting = pacer.until(slices[1]!, stop.signal).then(
      () => 'sent',
      () => 'stopped',
    );
    expect(await Promise.race([waiting, delay(100, 'waits')])).toBe('waits');
    stop.abort();
    expect(await waiting).toBe('stopped');
  });

  it('goes on at the end of such a gap', async () => {
    const clock = new FakeClock();
    const pacer = new Pacer(1, clock);
    const [, second] = pacer.slices([entry(0), entry(1, '2027-03-05 13:45:00.000000')]);
    let isOver = false;
    const waiting = pacer.until(second!, new AbortController().signal).then(() => {
      isOver = true;
    });
    await clock.advance(120 * 86_400_000 - 1);
    expect(isOver).toBe(false);
    await clock.advance(1);
    await waiting;
    expect(isOver).toBe(true);
  });
});
