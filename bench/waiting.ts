import { setTimeout as sleep } from 'node:timers/promises';

/** Nothing that is measured here takes this long. */
const LIMIT_MS = 60_000;

/** Looks every `everyMs` until `holds`; throws if it takes too long. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  everyMs: number,
): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`waited ${LIMIT_MS / 1000} s for ${what}`);
    await sleep(everyMs);
  }
}
