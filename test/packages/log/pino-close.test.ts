import { expect, it, vi } from 'vitest';
import transport from '../../../packages/log/src/pino.ts';
import { Sender } from '../../../packages/log/src/sender.ts';

/** pino gives up a transport after 10 s, 3 of which may have gone by in waiting for room. */
const LONGEST_CLOSE_MS = 6_500;

interface Callbacks {
  close(): Promise<void>;
}

// Outside of a thread of pino's the stream would refuse to work: only what it is given matters here.
vi.mock('pino-abstract-transport', () => ({ default: (_read: unknown, callbacks: Callbacks) => callbacks }));

it.each([
  [undefined, 5_000],
  [200, 200],
  [60_000, LONGEST_CLOSE_MS],
])('a transport told %s ms closes within %s ms', async (closeTimeoutMs, bound) => {
  const close = vi.spyOn(Sender.prototype, 'close');
  const options = { url: 'http://127.0.0.1:1', ...(closeTimeoutMs !== undefined && { closeTimeoutMs }) };
  const stream: unknown = await transport(options);
  await (stream as Callbacks).close();
  expect(close).toHaveBeenLastCalledWith(bound);
});
