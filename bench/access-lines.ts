import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { accessEntry } from './access-log.ts';

/** Lines are written so many at a time. */
const LINES_AT_ONCE = 10_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Writes the entries of `access-log.ts` in common log format, as a web server would: some 94 bytes a line. */
export async function writeAccessLines(path: string, count: number): Promise<void> {
  const file = createWriteStream(path);
  for (let start = 0; start < count; start += LINES_AT_ONCE) {
    const lines = Array.from({ length: Math.min(LINES_AT_ONCE, count - start) }, (_, index) =>
      accessLine(start + index),
    );
    if (!file.write(lines.join(''))) await once(file, 'drain');
  }
  file.end();
  await finished(file);
}

function accessLine(seq: number): string {
  const { timestamp, tags } = accessEntry(seq);
  const { ip, user, method, path, code, bytes } = JSON.parse(tags ?? '') as Record<string, string | number>;
  const [year, month, day] = timestamp.slice(0, 10).split('-');
  const time = `${String(day)}/${MONTHS[Number(month) - 1] ?? ''}/${String(year)}:${timestamp.slice(11, 19)} +0000`;
  return `${String(ip)} - ${String(user)} [${time}] "${String(method)} ${String(path)} HTTP/1.1" ${String(code)} ${String(bytes)}\n`;
}
