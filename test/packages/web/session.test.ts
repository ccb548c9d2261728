import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { eventually } from '../../support/eventually.ts';

beforeEach(() => {
  vi.resetModules();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const READER = { scopes: ['read'], services: null };

/** A page whose server takes any token, and calls its reader so. */
async function openSession() {
  let reader: string | undefined;
  const reload = vi.fn();
  vi.stubGlobal('location', { search: '?tz=UTC', href: 'http://lms.example/', reload });
  vi.stubGlobal('history', { replaceState: () => undefined });
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('BroadcastChannel', undefined);
  vi.stubGlobal('fetch', async (_url: unknown, init: RequestInit = {}) => {
    const { method = 'GET' } = init;
    if (method === 'DELETE') reader = undefined;
    if (method === 'POST') reader = new Headers(init.headers).get('authorization')?.slice('Bearer '.length);
    if (method === 'DELETE') return Response.json({});
    if (reader === undefined)
      return Response.json({ code: 'NO_TOKEN', detail: 'Who asks?' }, { status: 401 });
    return Response.json({ name: reader, ...READER });
  });
  const session = await import('../../../packages/web/src/state/session.ts');
  session.startSession();
  return { ...session, reload };
}

it('what one reader was shown is gone before another one reads', async () => {
  const { signIn, signOut, who, reload } = await openSession();
  await signIn('ann');
  await eventually(() => expect(who.value?.name).toBe('ann'));
  expect(reload).not.toHaveBeenCalled();
  // Who signs in again goes on where he was.
  await signIn('ann');
  expect(reload).not.toHaveBeenCalled();
  await signIn('bob');
  expect(reload).toHaveBeenCalledTimes(1);
  expect(who.value?.name).toBe('ann');
  expect(await signOut()).toBe(true);
  expect(reload).toHaveBeenCalledTimes(2);
});
