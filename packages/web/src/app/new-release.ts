import { doesServerAnswer } from '../api/reach.ts';

/** Whoever loads the page anew and it is of no use is not led round and round. */
const PAUSE_MS = 30_000;
const KEY = 'lms-loaded-anew';

/**
 * A server that was replaced has other files than those that an open page still means to load: the page is loaded
 * anew then. The address has all that it shows.
 */
export function followNewReleases(): void {
  addEventListener('vite:preloadError', () => void loadAnew());
}

async function loadAnew(): Promise<void> {
  try {
    const last = Number(sessionStorage.getItem(KEY) ?? 0);
    // Of a server that is away a browser would show nothing at all.
    if (Date.now() - last < PAUSE_MS || !(await doesServerAnswer())) return;
    sessionStorage.setItem(KEY, String(Date.now()));
    location.reload();
  } catch {
    // A browser that keeps nothing could be led round and round: whoever reads loads the page anew.
  }
}
