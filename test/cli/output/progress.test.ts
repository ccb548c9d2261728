import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { count, ratePerSecond } from '../../../src/cli/output/numbers.ts';
import { type ProgressState, showProgress } from '../../../src/cli/output/progress.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** A progress display whose reading the test sets and whose output it takes. */
function display(terminal: { isTTY?: boolean; columns?: number } = {}) {
  const clock = new FakeClock();
  const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), terminal);
  const state: { reading: ProgressState } = { reading: { done: 0 } };
  const progress = showProgress({ label: 'published', read: () => state.reading, stderr, clock });
  const take = () => (stderr.read() as string | null) ?? '';
  return { clock, stderr, state, progress, take };
}

/** What a terminal shows of its last line. */
function lastLine(output: string): string {
  return (output.split('\r').at(-1) ?? '').replaceAll('\x1b[K', '').replaceAll('\x1b[?25l', '');
}

describe('progress on a terminal', () => {
  it('hides the cursor and gives it back, with a clean line, on stop', () => {
    const { progress, take } = display({ isTTY: true, columns: 80 });
    expect(take()).toMatch(/^\x1b\[\?25l\rpublished 0 /);
    progress.stop();
    progress.stop();
    expect(take()).toBe('\r\x1b[K\x1b[?25h');
  });

  it('gives the cursor back when the process ends before the stop', () => {
    const before = process.listeners('exit');
    const { take, progress } = display({ isTTY: true, columns: 80 });
    const added = process.listeners('exit').filter((listener) => !before.includes(listener));
    take();
    for (const listener of added) listener(0);
    expect(take()).toBe('\r\x1b[K\x1b[?25h');
    progress.stop();
    expect(process.listeners('exit')).toEqual(before);
  });

  it('draws a frame with one write that ends by clearing the rest of the line', async () => {
    const { clock, stderr, take } = display({ isTTY: true, columns: 80 });
    take();
    const frames: string[] = [];
    stderr.on('data', (frame: string) => frames.push(frame));
    await clock.advance(300);
    expect(frames).toHaveLength(3);
    for (const frame of frames) expect(frame).toMatch(/^\rpublished 0 .*\x1b\[K$/);
  });

  it('shows count, bar, share, rate and time', async () => {
    const { clock, state, take } = display({ isTTY: true, columns: 80 });
    state.reading = { done: 5_000, share: 0.5 };
    await clock.advance(1_000);
    expect(lastLine(take())).toBe(`published 5,000  ${'█'.repeat(15)}${'░'.repeat(15)}   50%  5,000/s  0:01`);
  });

  it('shows what else there is to say behind them, as far as there is room', async () => {
    const { clock, state, take } = display({ isTTY: true, columns: 40 });
    state.reading = { done: 5, note: '2 inputs, 1.2 MiB behind' };
    await clock.advance(1_000);
    expect(lastLine(take())).toBe('published 5  5/s  0:01  2 inputs, 1.2 M');
  });

  it('shows the rate of the last seconds, not of the whole run', async () => {
    const { clock, state, take } = display({ isTTY: true, columns: 80 });
    await clock.advance(60_000);
    take();
    for (let second = 1; second <= 5; second += 1) {
      state.reading = { done: second * 100 };
      await clock.advance(1_000);
    }
    expect(lastLine(take())).toMatch(/ 1\d\d\/s /);
  });

  it.each([10, 20, 30, 40, 60, 80, 200])(
    'never fills %d columns, so that the line cannot wrap',
    async (columns) => {
      const { clock, state, take } = display({ isTTY: true, columns });
      state.reading = { done: 123_456_789, share: 0.333 };
      await clock.advance(100);
      expect(lastLine(take()).length).toBeLessThan(columns);
    },
  );

  it('prints lines above the bar', () => {
    const { progress, take } = display({ isTTY: true, columns: 80 });
    const stdout = new PassThrough({ encoding: 'utf8' });
    take();
    progress.print(stdout, 'id-1\n');
    expect(stdout.read()).toBe('id-1\n');
    expect(take()).toMatch(/^\r\x1b\[K\rpublished 0 .*\x1b\[K$/);
  });
});

describe('progress elsewhere', () => {
  it('is a plain line every few seconds, and nothing after the stop', async () => {
    const { clock, state, progress, take } = display();
    state.reading = { done: 1_500, share: 0.25 };
    await clock.advance(4_999);
    expect(take()).toBe('');
    await clock.advance(1);
    expect(take()).toBe('published 1,500   25%  300/s\n');
    progress.stop();
    await clock.advance(60_000);
    expect(take()).toBe('');
    expect(clock.timers).toBe(0);
  });

  it('leaves printed lines as they are', () => {
    const { progress, take } = display();
    const stdout = new PassThrough({ encoding: 'utf8' });
    progress.print(stdout, 'id-1\n');
    expect(stdout.read()).toBe('id-1\n');
    expect(take()).toBe('');
  });
});

describe('numbers for people', () => {
  it('have thousands apart, and a fraction only where it says something', () => {
    expect(count(1_234_567)).toBe('1,234,567');
    expect(ratePerSecond(1_234, 60_000)).toBe('21/s');
    expect(ratePerSecond(9, 10_000)).toBe('0.9/s');
    expect(ratePerSecond(5, 0)).toBe('0/s');
  });
});
