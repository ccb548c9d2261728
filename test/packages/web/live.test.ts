import { expect, it } from 'vitest';
import { LmsProblem } from '../../../packages/client/src/problem.ts';
import { FakeBrowser, type FakeServer } from './live-world.ts';

const GAP = { from: '2026-11-30T12:00:00.000000Z', to: '2026-11-30T12:01:00.000000Z' };

/** What a service was published. */
function linesOf({ entries }: FakeServer, ...services: readonly string[]): string[] {
  return entries
    .filter(({ service_name: service }) => services.includes(service))
    .map(({ payload }) => payload);
}

it('tabs with different questions have one stream for what they ask together, and each sees its own', async () => {
  const browser = new FakeBrowser();
  const { server, clock } = browser;
  const [one, two, three] = ['one', 'two', 'three'].map((name) => browser.tab(name));
  server.publish('cart');
  one!.ask('service:cart', 0);
  two!.ask('service:shop OR service:bank');
  await clock.advance(500);
  expect([...server.open].map(({ q }) => q)).toEqual(['service:(cart OR shop OR bank)']);
  three!.ask('line -service:cart');
  await clock.advance(500);
  for (const service of ['cart', 'shop', 'bank', 'mail']) server.publish(service);
  await clock.advance(500);
  expect(server.most).toBe(1);
  expect(server.open.size).toBe(1);
  expect([...new Set(one!.seen)]).toEqual(linesOf(server, 'cart'));
  expect([...new Set(two!.seen)]).toEqual(linesOf(server, 'shop', 'bank'));
  expect([...new Set(three!.seen)]).toEqual(linesOf(server, 'shop', 'bank', 'mail'));
});

it('what comes within a tenth of a second goes to the tabs at once', async () => {
  const browser = new FakeBrowser();
  const { server, clock } = browser;
  const [one, two] = [browser.tab('one'), browser.tab('two')];
  one.ask('');
  two.ask('');
  await clock.advance(1_000);
  const before = browser.batches;
  for (let n = 0; n < 500; n += 1) {
    server.publish('cart');
    await clock.advance(2);
  }
  await clock.advance(200);
  expect(two.seen).toEqual(linesOf(server, 'cart'));
  expect(browser.batches - before).toBeLessThanOrEqual(12);
});

it('hidden tabs have no stream, and what came meanwhile is there when they come back', async () => {
  const browser = new FakeBrowser();
  const { server, clock } = browser;
  const [one, two] = [browser.tab('one'), browser.tab('two')];
  one.ask('');
  two.ask('service:cart');
  await clock.advance(500);
  one.hide();
  await clock.advance(500);
  expect([...server.open].map(({ q }) => q)).toEqual(['service:cart']);
  server.publish('cart');
  server.publish('shop');
  await clock.advance(500);
  two.hide();
  await clock.advance(30_000);
  expect(server.open.size).toBe(0);
  server.publish('cart');
  one.show('');
  await clock.advance(500);
  two.show('service:cart');
  await clock.advance(500);
  expect([...new Set(one.seen)]).toEqual(linesOf(server, 'cart', 'shop'));
  expect([...new Set(two.seen)]).toEqual(linesOf(server, 'cart'));
});

it.each(['close', 'hide', 'freeze'] as const)(
  'when the tab that leads is gone (%s) another one leads, and nothing is lost',
  async (how) => {
    const browser = new FakeBrowser();
    const { server, clock } = browser;
    const [one, two] = [browser.tab('one'), browser.tab('two')];
    one.ask('');
    await clock.advance(500);
    two.ask('');
    await clock.advance(500);
    server.publish('cart');
    await clock.advance(10);
    if (how === 'close') one.close();
    if (how === 'hide') one.hide();
    if (how === 'freeze') one.isFrozen = true;
    server.publish('cart');
    await clock.advance(20_000);
    server.publish('cart');
    await clock.advance(500);
    expect([...new Set(two.seen)]).toEqual(linesOf(server, 'cart'));
    expect(two.states.at(-1)).toBe('on');
    if (how !== 'freeze') expect(two.seen).toEqual(linesOf(server, 'cart'));
    // One that wakes hears that another leads.
    one.isFrozen = how === 'close';
    await clock.advance(20_000);
    expect(server.open.size).toBe(1);
  },
);

it('another question loses nothing between the answer of the page and the stream', async () => {
  const browser = new FakeBrowser();
  const { server, clock } = browser;
  const tab = browser.tab('one');
  tab.ask('service:cart');
  await clock.advance(500);
  // Published, and not stored when the page asks.
  server.publish('shop');
  tab.ask('service:shop', 0);
  server.publish('shop');
  await clock.advance(500);
  expect([...new Set(tab.seen)]).toEqual(linesOf(server, 'shop'));
  expect([...server.open].map(({ q }) => q)).toEqual(['service:shop']);
});

it('a tab that comes later has what was not stored when its page asked; one that goes is not asked for any more', async () => {
  const browser = new FakeBrowser();
  const { server, clock } = browser;
  const [one, two] = [browser.tab('one'), browser.tab('two')];
  server.publish('shop');
  one.ask('service:cart');
  await clock.advance(500);
  server.publish('cart');
  await clock.advance(500);
  two.ask('service:shop', 0);
  await clock.advance(500);
  expect(two.seen).toEqual(linesOf(server, 'shop'));
  expect([...new Set(one.seen)]).toEqual(linesOf(server, 'cart'));
  two.hide();
  await clock.advance(500);
  expect([...server.open].map(({ q }) => q)).toEqual(['service:cart']);
  two.ask('service:shop');
  await clock.advance(500);
  two.close();
  await clock.advance(40_000);
  expect([...server.open].map(({ q }) => q)).toEqual(['service:cart']);
});

it('a tab that slept while something came has it all the same', async () => {
  const browser = new FakeBrowser();
  const { server, clock } = browser;
  const [one, two] = [browser.tab('one'), browser.tab('two')];
  one.ask('');
  await clock.advance(500);
  two.ask('');
  await clock.advance(500);
  two.isFrozen = true;
  server.publish('cart');
  await clock.advance(3_000);
  two.isFrozen = false;
  server.publish('cart');
  await clock.advance(1_000);
  expect([...new Set(two.seen)]).toEqual(linesOf(server, 'cart'));
});

it('an open gap is looked up by whoever leads next, too', async () => {
  const browser = new FakeBrowser();
  const { server, clock } = browser;
  const [one, two] = [browser.tab('one'), browser.tab('two')];
  one.ask('');
  await clock.advance(500);
  two.ask('');
  server.publish('cart');
  await clock.advance(500);
  const before = two.seen.length;
  server.say({ kind: 'gap', ...GAP });
  server.publish('cart');
  await clock.advance(500);
  expect(two.notes).toEqual([{ kind: 'gap', ...GAP, count: 0 }]);
  one.close();
  await clock.advance(500);
  // It begins before the gap, so that the server says it again.
  expect(before).toBeGreaterThan(0);
  expect([...server.open].map(({ after }) => after.split('.').at(-1))).toEqual(['1']);
  server.say({ kind: 'filled', ...GAP, count: 1 });
  await clock.advance(500);
  expect(two.notes.at(-1)).toEqual({ kind: 'filled', ...GAP, count: 1 });
});

it('what a server does not remember of the time before it was asked is said if it is not filled soon', async () => {
  const browser = new FakeBrowser();
  const { server, clock } = browser;
  const tab = browser.tab('one');
  server.atOpening = [{ kind: 'gap', ...GAP }];
  tab.ask('');
  await clock.advance(70_000);
  expect(tab.notes).toEqual([]);
  await clock.advance(10_000);
  expect(tab.notes).toEqual([{ kind: 'gap', ...GAP, count: 0 }]);
});

it('if more is missing than a page keeps, tabs are told to ask anew', async () => {
  const browser = new FakeBrowser();
  const { server, clock } = browser;
  const tab = browser.tab('one');
  tab.ask('');
  await clock.advance(500);
  server.counted = 20_001;
  server.say({ kind: 'gap', ...GAP });
  await clock.advance(500);
  expect(tab.again).toBe(0);
  server.say({ kind: 'gap', from: GAP.from, to: '2026-11-30T13:00:00.000000Z' });
  await clock.advance(500);
  expect(tab.again).toBe(1);
});

it('a server that does not answer is asked again, or at once if somebody wants it; one without tails seldom', async () => {
  const browser = new FakeBrowser();
  const { server, clock } = browser;
  const tab = browser.tab('one');
  server.refusal = new LmsProblem('SERVER_UNREACHABLE', { status: 0, detail: 'no answer' });
  tab.ask('');
  await clock.advance(60_000);
  expect(tab.states.at(-1)).toBe('reconnecting');
  server.refusal = undefined;
  tab.tryNow();
  await clock.advance(0);
  expect(server.open.size).toBe(1);
  expect(tab.states.at(-1)).toBe('on');
  const other = new FakeBrowser();
  other.server.refusal = new LmsProblem('NO_RESOURCE', { status: 404, detail: 'LMS_TAIL is off' });
  const third = other.tab('three');
  third.ask('');
  await other.clock.advance(30_000);
  expect(third.states.at(-1)).toBe('unavailable');
});
