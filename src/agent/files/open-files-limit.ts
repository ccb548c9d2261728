import { readFile } from 'node:fs/promises';

const USUAL = 1_024;
const MOST = 4_096;

/** How many log files may be open at once: half of what the system allows this process, and no more than some thousands. */
export async function openFilesLimit(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
  return Math.min(MOST, Math.max(16, Math.floor((soft === undefined ? USUAL : Number(soft)) / 2)));
}
