import { afterEach, describe, expect, it, vi } from 'vitest';
import { openBus } from '../../../packages/web/src/live/bus.ts';
import { aloneElection } from '../../../packages/web/src/live/election.ts';
import { LiveTab } from '../../../packages/web/src/live/live-tab.ts';
import type { Election, Message } from '../../../packages/web/src/live/messages.ts';
import { keptText, usableStorage } from '../../../packages/web/src/state/kept.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const QUESTION = { q: '', tz: 'UTC', since: undefined, atMs: 0 };

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A tab that has no others to speak with. */
function tabWith(election: Election, clock: FakeClock) {
  const led: AbortSignal[] = [];
  const tab = new LiveTab(
    {
      ...{ bus: openBus(undefined), election, clock, selection: async () => () => true },
      lead: (signal) =>
        new Promise((resolve) => {
          led.push(signal);
          signal.addEventListener('abort', () => resolve());
        }),
    },
    'one',
    { came: () => undefined, state: () => undefined, again: () => undefined },
  );
  return { tab, led };
}

describe('a browser that keeps nothing', () => {
  it('has no storage, whatever it does instead of giving one', () => {
    Object.defineProperty(globalThis, 'localStorage', {
      configurable: true,
      get() {
        throw new Error('The operation is insecure.');
      },
    });
    try {
      expect(usableStorage()).toBeUndefined();
      const kept = keptText('lms-theme', 'system');
      kept.value = 'dark';
      expect(kept.value).toBe('dark');
    } finally {
      Reflect.deleteProperty(globalThis, 'localStorage');
    }
    vi.stubGlobal('localStorage', {
      setItem() {
        throw new Error('The quota has been exceeded.');
      },
    });
    expect(usableStorage()).toBeUndefined();
  });

  it('has a stream for each tab, which hears itself alone', async () => {
    const clock = new FakeClock();
    const { tab, led } = tabWith(aloneElection, clock);
    tab.want(QUESTION, '');
    await clock.advance(30_000);
    expect(led.map(({ aborted }) => aborted)).toEqual([false]);
    tab.stop();
    await clock.advance(1);
    expect(led.map(({ aborted }) => aborted)).toEqual([true]);
    const [one, other] = [openBus(undefined), openBus(undefined)];
    const heard: Message[] = [];
    one.listen((message) => heard.push(message));
    one.say({ kind: 'try' });
    other.say({ kind: 'try' });
    expect(heard).toEqual([{ kind: 'try' }]);
  });

  it('and refuses to choose who leads is asked again now and then, and not without a pause', async () => {
    const clock = new FakeClock();
    const asked: boolean[] = [];
    const election: Election = {
      lead(isUrgent) {
        asked.push(isUrgent);
        // A loop without a pause would never let the test end.
        if (asked.length > 50) return new Promise(() => undefined);
        return Promise.reject(new Error('Access to the Locks API is denied in this context.'));
      },
    };
    const { tab } = tabWith(election, clock);
    tab.want(QUESTION, '');
    await clock.advance(9_000);
    expect(asked).toEqual([false, false, false]);
    tab.stop();
  });
});
