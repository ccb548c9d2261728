import {
  copyFile,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** A log that is written to by a seed: in torn writes, rotated, copied and truncated, compressed. */
export class TorturedLog {
  readonly path: string;
  readonly lines: string[] = [];
  readonly #hasTimes: boolean;
  #seed: number;
  #number = 0;

  constructor(path: string, { seed, hasTimes }: { readonly seed: number; readonly hasTimes: boolean }) {
    this.path = path;
    this.#seed = seed;
    this.#hasTimes = hasTimes;
  }

  /** From 0 to 1, by the seed. */
  random(): number {
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return this.#seed / 2 ** 31;
  }

  /** Waits up to `ms`. */
  async pause(ms: number): Promise<void> {
    await sleep(this.random() * ms);
  }

  async step(): Promise<void> {
    await this.#write(1 + Math.floor(this.random() * 40));
    const what = this.random();
    if (what < 0.08) await this.#rotate();
    else if (what < 0.14) await this.#copyAndTruncate();
    else if (what < 0.2) await this.#compress();
    else if (what < 0.6) await this.pause(15);
  }

  /** Goes on until then, and writes some last lines. */
  async writeUntil(unixMs: number): Promise<void> {
    while (Date.now() < unixMs) await this.step();
    await this.#write(3);
  }

  #line(): string {
    this.#number += 1;
    const time = this.#hasTimes ? `2026-11-25T14:00:${String(this.#number % 60).padStart(2, '0')}Z ` : '';
    const line = `${time}${String(this.#number).padStart(7, '0')} ${'x'.repeat(Math.floor(this.random() * 120))}.`;
    this.lines.push(line);
    return line;
  }

  /** Some lines, torn anywhere. */
  async #write(count: number): Promise<void> {
    const bytes = Buffer.from(Array.from({ length: count }, () => `${this.#line()}\n`).join(''));
    const file = await open(this.path, 'a');
    try {
      for (let at = 0; at < bytes.length;) {
        const end = Math.min(bytes.length, at + 1 + Math.floor(this.random() * 2_000));
        await file.write(bytes.subarray(at, end));
        at = end;
      }
    } finally {
      await file.close();
    }
  }

  async #rotate(): Promise<void> {
    await this.#shift();
    await rename(this.path, `${this.path}.1`);
    if (this.random() < 0.5) await writeFile(this.path, '');
  }

  /** As logrotate does it: the copy has another inode, and the log goes on in its own. */
  async #copyAndTruncate(): Promise<void> {
    await this.#shift();
    await copyFile(this.path, `${this.path}.1`);
    await truncate(this.path);
  }

  /** app.log.1 becomes app.log.2 and so on. */
  async #shift(): Promise<void> {
    for (const [name, number] of (await this.#rotated()).toReversed()) {
      const suffix = name.endsWith('.gz') ? '.gz' : '';
      await rename(name, `${this.path}.${String(number + 1)}${suffix}`);
    }
  }

  /** One that was rotated, with its time, as gzip does it: it is removed when the other is whole. */
  async #compress(): Promise<void> {
    const plain = (await this.#rotated()).filter(([name]) => !name.endsWith('.gz'));
    const [name] = plain[Math.floor(this.random() * plain.length)] ?? [];
    if (name === undefined) return;
    const { atime, mtime } = await stat(name);
    const bytes = gzipSync(await readFile(name));
    const file = await open(`${name}.gz`, 'w');
    for (let at = 0; at < bytes.length; at += 512) await file.write(bytes.subarray(at, at + 512));
    await file.close();
    await utimes(`${name}.gz`, atime, mtime);
    await rm(name);
  }

  async #rotated(): Promise<[string, number][]> {
    const pattern = /^app\.log\.(\d+)(?:\.gz)?$/;
    const found: [string, number][] = [];
    for (const name of await readdir(dirname(this.path))) {
      const [, number] = pattern.exec(name) ?? [];
      if (number !== undefined) found.push([join(dirname(this.path), name), Number(number)]);
    }
    return found.sort(([, one], [, other]) => one - other);
  }
}
