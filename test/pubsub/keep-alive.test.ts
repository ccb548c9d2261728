import { expect, it } from 'vitest';
import { KeepAlive } from '../../src/pubsub/keep-alive.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** Keepalives on streams that only take notes. */
class KeepAliveBench {
  readonly clock = new FakeClock();
  readonly keepAlive = new KeepAlive(this.clock);
  readonly notes: string[] = [];

  begin(): void {
    const note = (what: string) => () => {
      this.notes.push(`${String(this.clock.now() / 1000)} ${what}`);
    };
    this.keepAlive.begin({ send: note('sent'), silent: note('silent'), unknown: note('unknown') });
  }
}

it('an empty request is sent every 30 seconds, until the stream is over', async () => {
  const { clock, keepAlive, notes } = started();
  await clock.advance(60_000);
  keepAlive.end();
  await clock.advance(60_000);
  expect(notes.filter((note) => note.endsWith('sent'))).toEqual(['30 sent', '60 sent']);
  expect(clock.timers).toBe(0);
});

it('a server that never answered one is not expected to', async () => {
  const { clock, keepAlive, notes } = started();
  await clock.advance(30_000);
  keepAlive.heard(false);
  await clock.advance(60_000);
  expect(notes).toEqual(['30 sent', '30 unknown', '60 sent', '60 unknown', '90 sent', '90 unknown']);
});

it('once one was answered, the next that is not within 15 seconds ends the stream', async () => {
  const { clock, keepAlive, notes } = started();
  await clock.advance(31_000);
  keepAlive.heard(true);
  await clock.advance(60_000 + 14_000 - 31_000);
  expect(notes).toEqual(['30 sent', '30 unknown', '60 sent']);
  await clock.advance(60_000);
  expect(notes).toEqual(['30 sent', '30 unknown', '60 sent', '75 silent']);
});

it('the next stream is expected to answer as the one before it did', async () => {
  const bench = started();
  bench.keepAlive.heard(true);
  bench.keepAlive.end();
  bench.begin();
  await bench.clock.advance(60_000);
  expect(bench.notes).toEqual(['30 sent', '45 silent']);
});

it('whatever comes meanwhile is an answer', async () => {
  const { clock, keepAlive, notes } = started();
  keepAlive.heard(true);
  await clock.advance(44_000);
  keepAlive.heard(false);
  await clock.advance(15_000);
  expect(notes).toEqual(['30 sent']);
});

it('while nothing is read, silence says nothing', async () => {
  const { clock, keepAlive, notes } = started();
  keepAlive.heard(true);
  await clock.advance(30_000);
  keepAlive.suspend();
  await clock.advance(50_000);
  keepAlive.resume();
  await clock.advance(9_000);
  expect(notes).toEqual(['30 sent', '60 sent']);
  await clock.advance(16_000);
  expect(notes).toEqual(['30 sent', '60 sent', '90 sent', '105 silent']);
});

function started(): KeepAliveBench {
  const bench = new KeepAliveBench();
  bench.begin();
  return bench;
}
