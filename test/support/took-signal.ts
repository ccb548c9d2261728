import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Until no signal is pending, and the process waits again: whoever reads from it sooner races with the signal. */
export async function tookSignal(pid: number): Promise<void> {
  for (let quiet = 0; quiet < 3;) {
    await delay(20);
    const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
    const isQuiet = /^State:\tS/m.test(status) && !/^S(?:ig|hd)Pnd:\t0*[1-9a-f]/m.test(status);
    quiet = isQuiet ? quiet + 1 : 0;
  }
}
