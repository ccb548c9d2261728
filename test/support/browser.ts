import { type Browser, chromium } from 'playwright-core';
import { findProgram } from './program.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Starts this machine's Chromium. Rejects if it has none: a browser is what the test is about. */
export async function openBrowser(): Promise<Browser> {
  for (const name of NAMES) {
    const executablePath = await findProgram(name);
    // Root, and most containers, cannot have its sandbox; it is shown pages of the tests alone.
    if (executablePath !== undefined) return chromium.launch({ executablePath, args: ['--no-sandbox'] });
  }
  throw new Error(`This needs a browser, and there is none of ${NAMES.join(', ')}: scripts/ensure-chromium`);
}
