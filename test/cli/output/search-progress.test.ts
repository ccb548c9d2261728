import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { SearchProgress } from '../../../src/cli/output/search-progress.ts';
import { ZoneClock } from '../../../src/query/zone-clock.ts';

const AT = '2026-11-25 14:03:59.000000';

function progress(isTTY: boolean) {
  const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
  const time = { ms: 1_000 };
  const shown = new SearchProgress(stderr, new ZoneClock('UTC'), () => time.ms);
  const text = () => String(stderr.read() ?? '');
  return { shown, time, text };
}

describe('the progress of a search', () => {
  it('is not shown of one that is over soon', () => {
    const { shown, time, text } = progress(true);
    time.ms += 1_999;
    shown.watch('newest', AT);
    shown.clear();
    expect(text()).toBe('');
  });

  it('is one line of a terminal, which goes away', () => {
    const { shown, time, text } = progress(true);
    for (let step = 0; step < 100; step += 1) {
      time.ms += 100;
      shown.watch('newest', AT);
    }
    const lines = text();
    expect(lines).not.toContain('\n');
    expect(lines.match(/searched back to 2026-11-25 14:03/g)?.length).toBeLessThan(50);
    shown.clear();
    expect(text()).toBe('\r\x1b[K');
  });

  it('is a line now and then elsewhere', () => {
    const { shown, time, text } = progress(false);
    for (let step = 0; step < 210; step += 1) {
      time.ms += 100;
      shown.watch('oldest', AT);
    }
    shown.clear();
    expect(text()).toBe('lms: searched up to 2026-11-25 14:03\n'.repeat(2));
  });

  it('is over once something else has the terminal', () => {
    const { shown, time, text } = progress(true);
    shown.end();
    time.ms += 60_000;
    shown.watch('newest', AT);
    expect(text()).toBe('');
  });
});
